import { indexedAtOnce, type TexturePlan } from './plan';

/**
 * Refuses what WebGL would silently turn into noise. Its floats hold the row numbers: 16 bits are too few, and a very
 * large texture has more rows than 32-bit floats can count.
 *
 * Asks the flag, not `floatPrecision()`, which tfjs 4.22's WebGL backend answers with 16 on 32-bit devices too.
 */
export function checkPrecision(backend: string, flag: (name: string) => boolean, plan: TexturePlan): void {
  if (backend !== 'webgl') return;
  if (!flag('WEBGL_RENDER_FLOAT32_ENABLED'))
    throw new Error(
      'Texture synthesis needs 32-bit floats, and the WebGL backend has 16 bits on this device. Use another backend, such as wasm or cpu.',
    );
  if (indexedAtOnce(plan) > 2 ** 24)
    throw new Error(
      `A texture of ${plan.size.join(' x ')} pixels from exemplars of ${plan.exemplarSizes[0]} has more than 2^24 rows to number, and the WebGL backend has no greater integers. Use another backend, such as webgpu or wasm.`,
    );
}
