/** Kernels that only give a tensor another shape or a second name; they compute and copy nothing. */
const aliases = ['Identity', 'Reshape', 'ExpandDims'];

/** Counts the kernels of a profile that do something. */
export const countKernels = (kernels: readonly { name: string }[]): number =>
  kernels.filter(({ name }) => !aliases.includes(name)).length;
