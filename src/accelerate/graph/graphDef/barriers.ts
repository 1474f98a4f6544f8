import type { Program } from '../recording/program';

/*
 * TensorFlow's graph optimizer merges arithmetic with what it reads, with another rounding: a / sqrt(b),
 * log(softmax(a)), relu(normalize(a)). It does not look through EnsureShape.
 */

/** Operations that bring values to other places and round nothing. */
const moves =
  /^(_Mkl)?(Cast|ConcatV2|ExpandDims|Fill|Gather(Nd|V2)|Identity|OneHot|Pack|PadV2|Range|Reshape|ReverseV2|ScatterNd|Sign|Slice|SplitV|StridedSlice|TensorScatterUpdate|Tile|Transpose|Unpack)$/;
/** Operations that the optimizer merges with nothing that they read. */
const whole = /Conv|FusedBatchNorm|MatMul|Pool|^(Sum|Mean|Max|Min|Prod)$/;

/** The slots between which and their readers the optimizer must see nothing. */
export function guardedSlots({ operations }: Program): Set<number> {
  const merging = operations.filter(({ name }) => !moves.test(name) && !whole.test(name));
  const read = new Set(merging.flatMap(({ inputs }) => inputs.map((source) => source.kind === 'slot' && source.slot)));
  const computing = operations.filter(({ name }) => !moves.test(name));
  return new Set(computing.flatMap(({ outputs }) => outputs.map(({ slot }) => slot)).filter((slot) => read.has(slot)));
}
