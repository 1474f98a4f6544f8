import type { Values } from './binding';

/** Returns whether two lists hold the same entries; NaN is the same as NaN, and -0 is not 0. */
export function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Returns the bytes that a typed array views. */
export const bytesOf = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

/** Returns whether two typed arrays hold the same bytes. Most are single numbers, for which a Buffer takes longer. */
export const sameBytes = (a: Values, b: Values) =>
  a.length < 8 ? sameList(a, b) : a.length === b.length && bytesOf(a).equals(bytesOf(b));
