import { type Attribute, dataTypes } from '../binding/binding';
import { sameBytes, sameList } from '../binding/values';
import type { Program, Source } from '../recording/program';
import { shapedReader } from '../recording/shapes';

/** Numbers are the same if TensorFlow receives the same float32. */
function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, i) => sameValue(entry, b[i]));
  const isFraction = (value: unknown): value is number => typeof value === 'number' && !Number.isInteger(value);
  return isFraction(a) && isFraction(b) && Object.is(Math.fround(a), Math.fround(b));
}

export const sameAttributes = (a: Attribute[], b: Attribute[]): boolean =>
  a.length === b.length &&
  a.every((x, i) => {
    const y = b[i];
    return x === y || (x.name === y.name && x.type === y.type && sameValue(x.value, y.value));
  });

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === 'slot') return b.kind === 'slot' && a.slot === b.slot;
  if (a.kind === 'variable') return b.kind === 'variable' && a.variable === b.variable;
  if (a.kind === 'argument') return b.kind === 'argument' && a.index === b.index;
  return b.kind === 'captured' && a.id === b.id;
}

/** Says where two recordings differ in more than the values of their constants; undefined where they do not. */
export function difference(a: Program, b: Program): string | undefined {
  if (a.operations.length !== b.operations.length)
    return `${a.operations.length} operations, then ${b.operations.length}`;
  const read = new Set(
    [...a.operations.flatMap(({ inputs }) => inputs), ...a.assigned.map(({ value }) => value)].flatMap((source) =>
      source.kind === 'slot' ? [source.slot] : [],
    ),
  );
  for (const slot of a.results) read.add(slot);
  for (const [i, x] of a.operations.entries()) {
    const y = b.operations[i];
    const name = `operation ${i}, ${x.name}`;
    if (x.name !== y.name) return `${name}, then ${y.name}`;
    if (x.inputs.length !== y.inputs.length || !x.inputs.every((source, k) => sameSource(source, y.inputs[k])))
      return `the inputs of ${name}`;
    if (!sameAttributes(x.attributes, y.attributes)) return `the attributes of ${name}`;
    const sameOutputs = x.outputs.every(
      ({ slot, shape, dtype }, k) =>
        slot === y.outputs[k].slot &&
        dtype === y.outputs[k].dtype &&
        (sameList(shape, y.outputs[k].shape) || !read.has(slot)),
    );
    if (!sameOutputs) return `the shapes of ${name}`;
  }
  if (a.constants.length !== b.constants.length) return 'the number of constants';
  for (const [i, x] of a.constants.entries()) {
    const y = b.constants[i];
    if (x.slot !== y.slot || x.dtype !== y.dtype || x.shape.length !== y.shape.length) return `constant ${i}`;
    if (sameList(x.shape, y.shape) && (x.dtype === dataTypes.float32 || sameBytes(x.values, y.values))) continue;
    const reader = shapedReader(a, x.slot, !sameList(x.shape, y.shape));
    if (reader) return `the integers or the shape of a constant of ${reader}`;
  }
  if (!sameList(a.results, b.results)) return 'the tensors that are left';
  const sameState =
    sameList(a.variables, b.variables) &&
    a.assigned.length === b.assigned.length &&
    a.assigned.every(
      ({ variable, value }, i) => variable === b.assigned[i].variable && sameSource(value, b.assigned[i].value),
    );
  return sameState ? undefined : 'the variables';
}

/** `b`, with the constants marked whose values or sizes are others than in `a`, which is alike. */
export function markChanges(a: Program, b: Program): Program {
  const constants = b.constants.map((constant, i) => {
    const before = a.constants[i];
    const sizes = constant.sizes.map((size, k) => (size === before.sizes[k] ? size : -1));
    const changes = before.changes || !sameList(sizes, constant.shape) || !sameBytes(before.values, constant.values);
    return { ...constant, sizes, changes };
  });
  return { ...b, constants };
}
