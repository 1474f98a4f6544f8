import { readFileSync } from 'node:fs';

/** A tensor as it lies in the file, row-major. */
export interface StoredTensor {
  shape: number[];
  values: Float32Array | Int32Array;
}

/** What a safetensors file holds. */
export interface StoredTensors {
  metadata: { [key: string]: string };
  tensors: Map<string, StoredTensor>;
}

const arrays: { [dtype: string]: Float32ArrayConstructor | Int32ArrayConstructor } = {
  F32: Float32Array,
  I32: Int32Array,
};

/**
 * Reads a safetensors file of float32 and int32 tensors: eight bytes of length, a JSON header, then the data.
 *
 * @throws Error for another file, such as the checkpoint itself, and another type.
 */
export function readSafetensors(path: string): StoredTensors {
  const file = readFileSync(path);
  const start = file.length < 8 ? Infinity : 8 + Number(file.readBigUInt64LE(0));
  if (start > file.length) throw new Error(`Expected a safetensors file, received ${path}.`);
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(file.toString('utf8', 8, start));
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries<HeaderEntry>(entries)) {
    const TypedArray = arrays[dtype];
    if (!TypedArray) throw new Error(`Expected F32 or I32 for the type of ${name}, received ${dtype}.`);
    const [from, to] = offsets.map((offset) => file.byteOffset + start + offset);
    tensors.set(name, { shape, values: new TypedArray(file.buffer.slice(from, to) as ArrayBuffer) });
  }
  return { metadata, tensors };
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Returns float32 and int32 tensors as the content of a safetensors file. */
export function encodeSafetensors({ metadata, tensors }: StoredTensors): Buffer {
  const header: { [name: string]: object } = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const start = end;
    end += values.byteLength;
    header[name] = { dtype: values instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const data = [...tensors.values()].map(({ values: { buffer, byteOffset, byteLength } }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return Buffer.concat([length, padded, ...data]);
}
