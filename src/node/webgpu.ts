import { failureReason } from './files/fileError';
import { importOptional, PackageError } from './optionalPackage';
import { trackEvents } from './webgpuReads';

/** What this file needs of WebGPU's own types. */
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<{ info: AdapterInfo } | null>;
}

interface AdapterInfo {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** Of adapters that compute on the CPU. */
  isFallbackAdapter?: boolean;
}

/** The package of Dawn, Chrome's WebGPU, for Node. */
interface WebGpuModule {
  create(options: string[]): Gpu;
  globals: { [name: string]: unknown };
}

const packageName = 'webgpu';

/**
 * Gives this process a `navigator.gpu`, unless it has one, by the package `webgpu`.
 *
 * @param allowsSoftware Whether an adapter that computes on the CPU will do.
 * @returns The adapter's name.
 * @throws PackageError without the package or an adapter; `navigator` then is as before.
 */
export async function provideWebGpu(purpose: string, allowsSoftware: boolean): Promise<string> {
  const own = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  const dawn = own ? undefined : await importOptional<WebGpuModule>(packageName, purpose);
  // Kept by `navigator`, once it is set: without a reference, Dawn's instance is collected and its device is lost.
  const gpu = own ?? createGpu(dawn!, purpose);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new PackageError(purpose, packageName, 'it finds no GPU, or no driver for Vulkan, Metal or Direct3D');
  const { description, device, vendor, architecture, isFallbackAdapter } = adapter.info;
  const name = description || device || `${vendor} ${architecture}`;
  if (isFallbackAdapter && !allowsSoftware)
    throw new PackageError(purpose, packageName, `its only adapter computes on the CPU (${name})`);
  if (dawn) install(gpu, dawn.globals);
  // So that nobody waits for it in vain: a step takes many times as long as on wasm.
  return isFallbackAdapter ? `${name}, in software, which is slower than wasm` : name;
}

function createGpu({ create }: WebGpuModule, purpose: string): Gpu {
  trackEvents();
  try {
    return create([]);
  } catch (cause) {
    throw new PackageError(purpose, packageName, failureReason(cause), { cause });
  }
}

/** Adds what is missing: Node 21 and later have a `navigator` of their own. */
function install(gpu: Gpu, globals: WebGpuModule['globals']): void {
  const scope = globalThis as { [name: string]: unknown };
  for (const [name, value] of Object.entries(globals)) scope[name] ??= value;
  if (scope.navigator === undefined)
    Object.defineProperty(scope, 'navigator', { value: {}, configurable: true, writable: true });
  Object.defineProperty(scope.navigator, 'gpu', { value: gpu, configurable: true });
}
