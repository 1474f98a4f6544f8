import type { StoredTensor } from '../../../examples/support/safetensors';

// Millions of values: within jest a local is quicker to reach than a global.
const { imul } = Math;

/** The name's FNV-1a hash, counted up by one a value, mixed; the upper 24 bits as a number in 0 … 1; low + span u. */
function uniform(name: string, size: number, low: number, span: number): Float32Array {
  let seed = 2166136261;
  for (const letter of Buffer.from(name)) seed = imul(seed ^ letter, 16777619);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let x = (seed + i) | 0;
    x = imul(x ^ (x >>> 16), 0x45d9f3b);
    x = imul(x ^ (x >>> 16), 0x45d9f3b);
    values[i] = low + (span * ((x ^ (x >>> 16)) >>> 8)) / 2 ** 24;
  }
  return values;
}

/** The weights of test/fixtures/from_pytorch.py. */
export function formulaTensor(name: string, shape: number[]): StoredTensor {
  const product = (sides: number[]) => sides.reduce((a, b) => a * b, 1);
  const isScale = name.endsWith('running_var') || (name.endsWith('weight') && shape.length === 1);
  const bound = name.endsWith('weight') ? Math.sqrt(3 / product(shape.slice(1))) : 1;
  const [low, span] = isScale ? [0.5, 0.5] : [-bound, 2 * bound];
  return { shape, values: uniform(name, product(shape), low, span) };
}
