import { Tensor } from '@tensorflow/tfjs-core';

/**
 * Bad input, reported at the call that caused it: what was expected, for which option or input, and what came instead.
 */
export class ArgumentError extends Error {
  /** Name of the class. */
  override readonly name = 'ArgumentError';

  constructor(
    /** What was wrong, such as `option momentum` or `input images`. */
    readonly subject: string,
    /** What a right value is, as a noun phrase. */
    readonly expected: string,
    /** The value that came, in short. */
    readonly received: string,
    /** A second sentence: the reason, or what to do. */
    readonly hint?: string,
  ) {
    super(`Expected ${expected} for ${subject}, received ${received}.${hint ? ` ${hint}` : ''}`);
  }
}

/** Describes a value for an error message, in 80 characters: tensors by type and shape, everything else as JSON. */
export function describe(value: unknown): string {
  const text = describeWithin(value, 3);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function describeWithin(value: unknown, depth: number): string {
  if (value instanceof Tensor) {
    const kind = value.isDisposed
      ? `a disposed ${value.dtype}`
      : `${value.dtype === 'int32' ? 'an' : 'a'} ${value.dtype}`;
    return `${kind} tensor of shape [${value.shape.join(', ')}]`;
  }
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (value === undefined || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) {
    if (depth === 0) return '[…]';
    const parts = Array.from(value.slice(0, 8), (part) => describeWithin(part, depth - 1));
    return `[${parts.join(', ')}${value.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype)
    return `an object of class ${classNameOf(value)}`;
  return toJSON(value);
}

/** Returns tfjs's own name of a class, where there is one: a minifier changes the constructor's. */
function classNameOf(value: object): string {
  const { getClassName } = value as { getClassName?: () => string };
  const name = typeof getClassName === 'function' ? getClassName.call(value) : value.constructor?.name;
  return name ?? 'unknown';
}

function toJSON(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part) => (part instanceof Tensor ? describe(part) : part)) ?? String(value);
  } catch {
    return 'an object that JSON cannot hold'; // a cycle, a bigint
  }
}
