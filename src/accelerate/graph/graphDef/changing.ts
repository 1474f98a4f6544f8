import { dataTypes, type Values } from '../binding/binding';
import type { Constant } from '../recording/program';
import type { GraphBuilder } from './builder';

/*
 * Constants that change travel in one int32 tensor: a GPU's TensorFlow takes floats that are fed to the host first, one
 * by one.
 */

const bool = 10;
/** Where their values are fed, one constant after the other; and how many each has, where that changes. */
const feeds = { values: 'changing', counts: 'changing_counts' };

const hasFixedSizes = ({ sizes }: Constant) => !sizes.includes(-1);

/** Adds nodes that take constants out of what is fed; returns the name of each. */
export function addChanging({ add, addIntegers }: GraphBuilder, constants: Constant[]): string[] {
  if (constants.length === 0) return [];
  const int32 = { type: dataTypes.int32 };
  add(feeds.values, 'Placeholder', [], { dtype: int32, shape: { shape: [-1] } });
  if (constants.every(hasFixedSizes))
    addIntegers(
      feeds.counts,
      constants.map(({ values }) => values.length),
    );
  else add(feeds.counts, 'Placeholder', [], { dtype: int32, shape: { shape: [constants.length] } });
  const inputs = [feeds.values, feeds.counts, addIntegers('changing_axis', 0)];
  const attributes = { T: int32, Tlen: int32, num_split: { i: constants.length } };
  add('changing_parts', 'SplitV', inputs, attributes);
  return constants.map(({ dtype, sizes }, k) => {
    if (sizes.filter((size) => size === -1).length > 1) throw new Error('two sizes of a constant change');
    const name = `changing_${k}`;
    const inputs = [`changing_parts:${k}`, addIntegers(`${name}_shape`, sizes)];
    add(name, 'Reshape', inputs, { T: int32, Tshape: int32 });
    if (dtype === dataTypes.int32) return name;
    if (dtype === dataTypes.float32)
      return add(`${name}_float32`, 'Bitcast', [name], { T: int32, type: { type: dtype } });
    if (dtype === bool) return add(`${name}_bool`, 'Cast', [name], { SrcT: int32, DstT: { type: dtype } });
    throw new Error(`constants of TensorFlow's type ${dtype} change`);
  });
}

/** What `addChanging` is fed with in a step: int32 vectors by the names of nodes. */
export function packChanging(constants: Constant[], values: Values[]): Record<string, Int32Array> {
  if (constants.length === 0) return {};
  const counts = Int32Array.from(values, ({ length }) => length);
  const packed = new Int32Array(counts.reduce((sum, count) => sum + count));
  let start = 0;
  for (const part of values) {
    const isFloat = part instanceof Float32Array;
    packed.set(isFloat ? new Int32Array(part.buffer, part.byteOffset, part.length) : part, start);
    start += part.length;
  }
  return { [feeds.values]: packed, ...(constants.every(hasFixedSizes) ? {} : { [feeds.counts]: counts }) };
}
