import * as tf from '@tensorflow/tfjs';

/** The name of what computes, as far as the browser tells it. */
export async function adapterName(): Promise<string> {
  const names = { webgpu: webgpuName, webgl: webglName } as { [backend: string]: () => string | Promise<string> };
  return (await names[tf.getBackend()]?.()) || `${navigator.hardwareConcurrency} cores of the CPU`;
}

async function webgpuName(): Promise<string> {
  // Not in the types that tfjs brings.
  const { info } = (await navigator.gpu.requestAdapter()) as unknown as { info: Record<string, string> };
  const { description, device, vendor, architecture } = info;
  return description || device || `${vendor} ${architecture}`;
}

function webglName(): string {
  const context = document.createElement('canvas').getContext('webgl2')!;
  const { UNMASKED_RENDERER_WEBGL } = context.getExtension('WEBGL_debug_renderer_info') ?? {};
  return context.getParameter(UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
}
