import { type Attribute, dataTypes } from '../binding/binding';
import { sameBytes, sameList } from '../binding/values';
import { type Program, sameSource, sourcesOf } from '../recording/program';
import { shapedReader } from '../recording/shapes';

/** Returns whether TensorFlow receives the same value: fractions are rounded to float32. */
function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, i) => sameValue(entry, b[i]));
  const isFraction = (value: unknown): value is number => typeof value === 'number' && !Number.isInteger(value);
  return isFraction(a) && isFraction(b) && Object.is(Math.fround(a), Math.fround(b));
}

/** Returns whether two operations have the same attributes, in the same order. */
export function sameAttributes(a: Attribute[], b: Attribute[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++)
    if (a[i].name !== b[i].name || a[i].type !== b[i].type || !sameValue(a[i].value, b[i].value)) return false;
  return true;
}

/** Returns where two recordings differ in more than the values of their constants; undefined where they do not. */
export function difference(a: Program, b: Program): string | undefined {
  if (a.operations.length !== b.operations.length)
    return `${a.operations.length} operations, then ${b.operations.length}`;
  const read = new Set(a.results);
  for (const source of sourcesOf(a)) if (source.kind === 'slot') read.add(source.slot);
  for (const [i, x] of a.operations.entries()) {
    const y = b.operations[i];
    const name = `operation ${i}, ${x.name}`;
    if (x.name !== y.name) return `${name}, then ${y.name}`;
    if (x.inputs.length !== y.inputs.length || !x.inputs.every((source, k) => sameSource(source, y.inputs[k])))
      return `the inputs of ${name}`;
    if (!sameAttributes(x.attributes, y.attributes)) return `the attributes of ${name}`;
    const sameOutputs = x.outputs.every(({ slot, shape, dtype }, k) => {
      const other = y.outputs[k];
      return slot === other.slot && dtype === other.dtype && (!read.has(slot) || sameList(shape, other.shape));
    });
    if (!sameOutputs) return `the shapes of ${name}`;
  }
  if (a.constants.length !== b.constants.length) return 'the number of constants';
  for (const [i, x] of a.constants.entries()) {
    const y = b.constants[i];
    if (x.slot !== y.slot || x.dtype !== y.dtype || x.shape.length !== y.shape.length) return `constant ${i}`;
    const sameShape = sameList(x.shape, y.shape);
    if (sameShape && (x.dtype === dataTypes.float32 || sameBytes(x.values, y.values))) continue;
    const reader = shapedReader(a, x.slot, !sameShape);
    if (reader) return `the integers or the shape of a constant of ${reader}`;
  }
  if (!sameList(a.results, b.results)) return 'the tensors that are left';
  const sameState =
    sameList(a.variables, b.variables) &&
    a.assigned.length === b.assigned.length &&
    a.assigned.every(({ variable, value }, i) => {
      const other = b.assigned[i];
      return variable === other.variable && sameSource(value, other.value);
    });
  return sameState ? undefined : 'the variables';
}

/** Returns the recording `b`, with those constants marked that differ from the like recording `a`. */
export function markChanges(a: Program, b: Program): Program {
  const constants = b.constants.map((constant, i) => {
    const before = a.constants[i];
    const sizes = constant.sizes.map((size, k) => (size === before.sizes[k] ? size : -1));
    const changes = before.changes || !sameList(sizes, constant.shape) || !sameBytes(before.values, constant.values);
    return { ...constant, sizes, changes };
  });
  return { ...b, constants };
}
