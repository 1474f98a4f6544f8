export const transform = () => {};
