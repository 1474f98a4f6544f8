import * as tf from '@tensorflow/tfjs-core';
import { type ImageKey, keysOf, tagKeys } from '../../data/imageKeys';
import { extentOf, tagExtent, type ValueRange } from '../../data/valueRange';
import { isRecord } from '../../support/isRecord';
import { type ContrastiveElement, tagElement } from '../../transforms/element';

/** A tensor between two threads, with the notes that it carries. */
interface PackedTensor {
  isTensor: true;
  values: tf.TypedArray;
  shape: number[];
  dtype: tf.DataType;
  keys?: readonly ImageKey[];
  extent?: ValueRange;
}

/** Tensors in lists and objects, as a message. */
export type Packed = unknown;

/** Reads an element's tensors. @param buffers Receives their memory, which is to move with the message. */
export async function packElement(element: tf.TensorContainer, buffers: ArrayBuffer[]): Promise<Packed> {
  if (element instanceof tf.Tensor) {
    // A copy: some backends hand out memory that they still use, or that the caller of `tf.tensor` gave them.
    const values = (await element.data()).slice();
    buffers.push(values.buffer as ArrayBuffer);
    const { shape, dtype } = element;
    return { isTensor: true, values, shape, dtype, keys: keysOf(element), extent: extentOf(element) } as PackedTensor;
  }
  if (Array.isArray(element)) return Promise.all(element.map((part) => packElement(part, buffers)));
  if (!isRecord(element) || ArrayBuffer.isView(element)) return element;
  const entries = Object.entries(element as { [name: string]: tf.TensorContainer });
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, part]) => [name, await packElement(part, buffers)])),
  );
}

/** Makes an element's tensors of a message, which they share their memory with where the backend allows it. */
export function unpackElement(packed: Packed): tf.TensorContainer {
  const element = unpack(packed);
  const { query } = ((element as Partial<ContrastiveElement> | null)?.xs ?? {}) as ContrastiveElement['xs'];
  if (query instanceof tf.Tensor) tagElement(query, element as ContrastiveElement);
  return element;
}

function unpack(packed: Packed): tf.TensorContainer {
  if (isPackedTensor(packed)) {
    const { values, shape, dtype, keys, extent } = packed;
    const tensor = tf.tensor(values, shape, dtype);
    if (keys) tagKeys(tensor, keys);
    return extent ? tagExtent(tensor, extent) : tensor;
  }
  if (Array.isArray(packed)) return packed.map(unpack);
  if (!isRecord(packed) || ArrayBuffer.isView(packed)) return packed as tf.TensorContainer;
  return Object.fromEntries(Object.entries(packed).map(([name, part]) => [name, unpack(part)]));
}

/** Recognizes a packed tensor by a field, as messages keep no classes. */
const isPackedTensor = (packed: Packed): packed is PackedTensor =>
  (packed as Partial<PackedTensor> | null)?.isTensor === true;
