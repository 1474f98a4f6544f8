import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const path = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** WebGL2 and WebGPU in software, as a machine without a GPU has them; and no calls to the outside. */
const flags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // Without it the first synchronous read on WebGPU, which goes through a canvas, loses the device.
  '--use-vulkan=swiftshader',
  '--enable-features=Vulkan',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is, or undefined where there is none. */
export function chromiumPath(): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** A headless Chromium, or undefined where there is none. */
export async function launchChromium(): Promise<Browser | undefined> {
  if (!chromiumPath()) return undefined;
  return chromium.launch({ executablePath: path, args: flags });
}

export const missing = `no Chromium at ${path} (set CHROMIUM to the path of one)`;
