import { type Attribute, type Binding, dataTypes, type Output, type Values } from '../binding/binding';

/** Pairs the id of a tensor that was made eagerly with the same tensor that a graph made. */
export type Pair = [eager: number, graph: Output];

/** Returns the largest difference in parts of the largest value of its tensor; 0 for equal bits, NaN included. */
export function largestDifference(binding: Binding, pairs: Pair[]): number {
  const differences = pairs.map(([eager, graph]) =>
    haveSameBits(binding, eager, graph)
      ? 0
      : differenceOf(binding.tensorDataSync(eager), binding.tensorDataSync(graph.id)),
  );
  return Math.max(0, ...differences);
}

const typeAttribute = (name: string, value: number): Attribute => ({ name, type: 4, value });

/** Compares by operations: a model's weights, twice, would be much to bring to JavaScript. */
function haveSameBits(binding: Binding, eager: number, { id, dtype, shape }: Output): boolean {
  const { float32, int32 } = dataTypes;
  const axes = binding.createTensor([shape.length], int32, Int32Array.from(shape.keys()));
  const made = [axes];
  const run = (name: string, attributes: Attribute[], inputs: number[]) => {
    const [output] = binding.executeOp(name, attributes, inputs, 1);
    made.push(output.id);
    return output.id;
  };
  const bits = (tensor: number) =>
    dtype === float32 ? run('Bitcast', [typeAttribute('T', float32), typeAttribute('type', int32)], [tensor]) : tensor;
  try {
    const type = typeAttribute('T', dtype === float32 ? int32 : dtype);
    const same = run('Equal', [type], [bits(eager), bits(id)]);
    const all = run('All', [typeAttribute('Tidx', int32), { name: 'keep_dims', type: 3, value: false }], [same, axes]);
    return binding.tensorDataSync(all)[0] === 1;
  } catch {
    return false; // The shapes are others.
  } finally {
    for (const tensor of made) binding.deleteTensor(tensor);
  }
}

function differenceOf(eager: Values, graph: Values): number {
  if (eager.length !== graph.length) return Number.POSITIVE_INFINITY;
  let largest = Number.MIN_VALUE;
  let difference = 0;
  for (const [i, value] of eager.entries()) {
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    if (Object.is(value, graph[i]) || value === graph[i]) continue;
    difference = Math.max(difference, Math.abs(value - graph[i]));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  }
  return difference / largest;
}
