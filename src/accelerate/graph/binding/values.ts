import type { Values } from './binding';

/** Returns whether two lists hold the same entries. */
export const sameList = (a: ArrayLike<unknown>, b: ArrayLike<unknown>) =>
  a.length === b.length && Array.prototype.every.call(a, (entry, i) => Object.is(entry, b[i]));

/** Returns the bytes that a typed array views. */
export const bytesOf = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

/** Whether two typed arrays hold the same bytes. Most are single numbers, for which a Buffer would take longer. */
export const sameBytes = (a: Values, b: Values) =>
  a.length === b.length &&
  (a.length < 8 ? a.every((value, i) => Object.is(value, b[i])) : bytesOf(a).equals(bytesOf(b)));
