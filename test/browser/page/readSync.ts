import { backend, type DataId, type KernelBackend, type TypedArray, util } from '@tensorflow/tfjs-core';

/** What of TensorFlow.js's WebGPU backend the read below needs. */
interface WebGPUBackend extends KernelBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder;
  tensorMap: { get(id: DataId): { values?: TypedArray; dtype: 'float32' | 'int32' | 'bool'; resource: GPUBuffer } };
  endComputePassEncoder(): void;
  ensureCommandEncoderReady(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(id: DataId, values: TypedArray): void;
}

/** Pixels a side of the canvases, each of which is one 32-bit value; a row of 64 is the minimum that can be copied. */
const side = 64;

/**
 * Makes synchronous reads on WebGPU bearable. They go through canvases, as a page cannot wait for a buffer: one gives the
 * first three bytes of each value as opaque colors, another the fourth as transparency. TensorFlow.js makes three
 * canvases of 256 x 256 for each read, which take 80 ms, and in the end the device's memory; these are made once.
 */
export function reuseCanvases(): void {
  const gpu = backend() as WebGPUBackend;
  const canvases = (['opaque', 'premultiplied'] as const).map((alphaMode) => {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext('webgpu') as unknown as GPUCanvasContext;
    context.configure({ device: gpu.device, format: 'bgra8unorm', usage: GPUTextureUsage.COPY_DST, alphaMode });
    return { canvas, context };
  });
  const host = new OffscreenCanvas(side, side).getContext('2d', {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;

  const copy = (buffer: GPUBuffer, offset: number, width: number, height: number) =>
    canvases.map(({ canvas, context }) => {
      gpu.ensureCommandEncoderReady();
      const source = { buffer, offset, bytesPerRow: 4 * side };
      gpu.commandEncoder.copyBufferToTexture(source, { texture: context.getCurrentTexture() }, { width, height });
      gpu.submitQueue();
      host.clearRect(0, 0, side, side);
      host.drawImage(canvas, 0, 0);
      return host.getImageData(0, 0, width, height).data;
    });

  const readSync = gpu.readSync.bind(gpu);
  gpu.readSync = (id: DataId) => {
    const { values, resource, dtype } = gpu.tensorMap.get(id);
    if (values || !resource) return readSync(id);
    gpu.endComputePassEncoder();
    const bytes = new Uint8Array(resource.size);
    for (let offset = 0; offset < bytes.length; ) {
      const pixels = (bytes.length - offset) / 4;
      const [width, height] = pixels < side ? [pixels, 1] : [side, Math.min(side, Math.floor(pixels / side))];
      const [colors, alphas] = copy(resource, offset, width, height);
      for (let i = 0; i < colors.length; i += 4)
        bytes.set([colors[i + 2], colors[i + 1], colors[i], alphas[i + 3]], offset + i);
      offset += colors.length;
    }
    const read = util.convertBackendValuesAndArrayBuffer(bytes.buffer, dtype) as TypedArray;
    gpu.convertAndCacheOnCPU(id, read);
    return read;
  };
}
