declare const BACKEND: string;

/**
 * How many times a property is tried: in the browser, where a kernel on an adapter in software costs a hundred times what
 * it costs elsewhere, a tenth of `count`.
 */
export const runs = (count: number): number => (BACKEND.startsWith('webg') ? Math.ceil(count / 10) : count);
