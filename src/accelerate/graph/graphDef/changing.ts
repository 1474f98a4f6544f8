import { dataTypes, type Values } from '../binding/binding';
import type { Constant } from '../recording/program';
import type { GraphBuilder } from './builder';

/*
 * Constants that change are fed in one int32 tensor, one after the other: TensorFlow takes floats that are fed to a GPU
 * through the host, one by one.
 */

const [packed, counts] = ['changing', 'changing_counts'];

const haveFixedSizes = (constants: Constant[]) => constants.every(({ sizes }) => !sizes.includes(-1));

/** Names the nodes that a step feeds: the packed constants and, where their sizes change, how many values each has. */
export const feedsOf = (constants: Constant[]): string[] => [
  ...(constants.length > 0 ? [packed] : []),
  ...(haveFixedSizes(constants) ? [] : [counts]),
];

/** Packs the values of constants for the nodes of `feedsOf`. */
export function packChanging(constants: Constant[], values: Values[]): Int32Array[] {
  const lengths = Int32Array.from(values, ({ length }) => length);
  const all = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const part of values) {
    const isFloat = part instanceof Float32Array;
    all.set(isFloat ? new Int32Array(part.buffer, part.byteOffset, part.length) : part, start);
    start += part.length;
  }
  return [all, lengths].slice(0, feedsOf(constants).length);
}

/** Adds nodes that unpack the constants that are fed; returns the name of each. */
export function addChanging({ add, addIntegers }: GraphBuilder, constants: Constant[]): string[] {
  if (constants.length === 0) return [];
  const int32 = { type: dataTypes.int32 };
  add(packed, 'Placeholder', [], { dtype: int32, shape: { shape: [-1] } });
  if (haveFixedSizes(constants))
    addIntegers(
      counts,
      constants.map(({ values }) => values.length),
    );
  else add(counts, 'Placeholder', [], { dtype: int32, shape: { shape: [constants.length] } });
  const inputs = [packed, counts, addIntegers('changing_axis', 0)];
  add('changing_parts', 'SplitV', inputs, { T: int32, Tlen: int32, num_split: { i: constants.length } });
  return constants.map(({ dtype, sizes }, k) => {
    if (sizes.filter((size) => size === -1).length > 1) throw new Error('two sizes of a constant change');
    const name = `changing_${k}`;
    const inputs = [`changing_parts:${k}`, addIntegers(`${name}_shape`, sizes)];
    add(name, 'Reshape', inputs, { T: int32, Tshape: int32 });
    if (dtype === dataTypes.int32) return name;
    const type = { type: dtype };
    if (dtype === dataTypes.float32) return add(`${name}_float32`, 'Bitcast', [name], { T: int32, type });
    if (dtype === dataTypes.bool) return add(`${name}_bool`, 'Cast', [name], { SrcT: int32, DstT: type });
    throw new Error(`constants of TensorFlow's type ${dtype} change`);
  });
}
