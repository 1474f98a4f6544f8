/** Kernels that only give a tensor another shape, or a second name: nothing is computed or copied. */
const aliases = ['Identity', 'Reshape', 'ExpandDims'];

/** How many kernels of a profile do something. */
export const countKernels = (kernels: readonly { name: string }[]): number =>
  kernels.filter(({ name }) => !aliases.includes(name)).length;
