/**
 * Refuses a device with 16-bit floats only: row numbers do not fit into them, and the result would be noise.
 *
 * Asks the flag, not `floatPrecision()`, which tfjs 4.22's WebGL backend answers with 16 on 32-bit devices too.
 */
export function checkPrecision(backend: string, flag: (name: string) => boolean): void {
  if (backend === 'webgl' && !flag('WEBGL_RENDER_FLOAT32_ENABLED'))
    throw new Error(
      'Texture synthesis needs 32-bit floats, and the WebGL backend has 16 bits on this device. Use another backend, such as wasm or cpu.',
    );
}
