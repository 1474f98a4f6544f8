/** Placeholder until the kernels land. */
export async function accelerate(): Promise<{ backend: string; replaced: string[]; restore(): void }> {
  return { backend: '', replaced: [], restore() {} };
}
