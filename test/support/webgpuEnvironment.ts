import { setTimeout } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';
import { provideWebGpu } from '../../src/node/webgpu';
import { processEvents } from '../../src/node/webgpuReads';

interface Device {
  queue: { onSubmittedWorkDone(): Promise<unknown> };
  onuncapturederror: ((event: { error: { message: string } }) => void) | null;
  destroy(): void;
}
interface Adapter {
  requestDevice(...args: unknown[]): Promise<Device>;
}
interface Gpu {
  requestAdapter(...args: unknown[]): Promise<Adapter | null>;
}

/** Gives Node a `navigator.gpu`, by Dawn, which has to be loaded outside jest's realms; each file has its own devices. */
export default class WebGpuEnvironment extends TestEnvironment {
  private readonly devices: Device[] = [];
  /** What a device refused; TensorFlow.js would continue with zeros. */
  private readonly errors: string[] = [];

  override async setup(): Promise<void> {
    await super.setup();
    await provideWebGpu('The test backend webgpu', true);
    const outer = globalThis as unknown as Record<string, unknown>;
    for (const name of Object.getOwnPropertyNames(outer).filter((name) => name.startsWith('GPU')))
      (this.global as Record<string, unknown>)[name] = outer[name];
    const { gpu } = outer.navigator as { gpu: Gpu };
    const requestAdapter = async (...args: unknown[]) => {
      const adapter = await gpu.requestAdapter(...args);
      return adapter && this.watch(adapter);
    };
    Object.defineProperty(this.global, 'navigator', { value: { gpu: { requestAdapter } }, configurable: true });
    Object.assign(this.global, { processGpuEvents: processEvents, gpuErrors: this.errors });
  }

  private watch(adapter: Adapter): Adapter {
    const requestDevice = async (...args: unknown[]) => {
      const device = await adapter.requestDevice(...args);
      this.devices.push(device);
      device.onuncapturederror = ({ error }) => this.errors.push(error.message);
      return device;
    };
    return new Proxy(adapter, {
      get: (target, name) => {
        if (name === 'requestDevice') return requestDevice;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  override async teardown(): Promise<void> {
    for (const device of this.devices) {
      // A read that nobody waits for would fail, and end the process.
      await device.queue.onSubmittedWorkDone();
      await setTimeout(10);
      device.destroy();
    }
    await super.teardown();
  }
}
