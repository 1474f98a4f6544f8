import type { Program } from '../recording/program';

/*
 * TensorFlow's graph optimizer merges arithmetic with what it reads, and rounds otherwise: a / sqrt(b),
 * log(softmax(a)), relu(normalize(a)). It does not look through EnsureShape, which is a barrier to it.
 */

/** Matches operations that move values and round nothing. */
const moves =
  /^(_Mkl)?(Cast|ConcatV2|ExpandDims|Fill|Gather(Nd|V2)|Identity|OneHot|Pack|PadV2|Range|Reshape|ReverseV2|ScatterNd|Sign|Slice|SplitV|StridedSlice|TensorScatterUpdate|Tile|Transpose|Unpack)$/;
/** Matches operations that the optimizer merges with nothing that they read. */
const whole = /Conv|FusedBatchNorm|MatMul|Pool|^(Sum|Mean|Max|Min|Prod)$/;

/** Returns the slots that need a barrier before their readers. */
export function slotsWithBarrier({ operations }: Program): Set<number> {
  const computing = operations.filter(({ name }) => !moves.test(name));
  const merging = computing.filter(({ name }) => !whole.test(name));
  const read = new Set(merging.flatMap(({ inputs }) => inputs.map((source) => source.kind === 'slot' && source.slot)));
  return new Set(computing.flatMap(({ outputs }) => outputs.map(({ slot }) => slot)).filter((slot) => read.has(slot)));
}
