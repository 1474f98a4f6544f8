import { indexedAtOnce, type TexturePlan } from './plan';

/**
 * Refuses what WebGL would silently turn into noise: a device with only 16-bit floats, which cannot hold row numbers,
 * and a single texture so large that its row numbers do not fit into 32-bit floats, which hold WebGL's integers.
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
