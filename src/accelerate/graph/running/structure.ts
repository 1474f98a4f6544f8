import * as tf from '@tensorflow/tfjs-core';

/** Describes lists and objects of tensors, each by its place among all tensors. */
export type Structure = { place: number; kept: boolean } | Structure[] | { parts: Record<string, Structure> };

const isPlain = (value: unknown): value is object => Object.prototype.toString.call(value) === '[object Object]';

/**
 * Returns the structure of a value; undefined if it holds anything but tensors with a place, each once.
 *
 * @param takePlace Returns the place of a tensor the first time that it is asked for.
 */
export function structureOf(
  value: unknown,
  takePlace: (tensor: tf.Tensor) => number | undefined,
): Structure | undefined {
  if (value instanceof tf.Tensor) {
    const place = takePlace(value);
    return place === undefined ? undefined : { place, kept: value.kept };
  }
  if (Array.isArray(value)) {
    const parts = value.map((part) => structureOf(part, takePlace));
    return parts.includes(undefined) ? undefined : (parts as Structure[]);
  }
  if (!isPlain(value)) return undefined;
  const parts = Object.entries(value).map(([key, part]) => [key, structureOf(part, takePlace)] as const);
  return parts.some(([, part]) => part === undefined) ? undefined : { parts: Object.fromEntries(parts) as never };
}

/** Puts tensors in a structure. */
export function fill(structure: Structure, tensors: tf.Tensor[]): unknown {
  if (Array.isArray(structure)) return structure.map((part) => fill(part, tensors));
  if ('parts' in structure)
    return Object.fromEntries(Object.entries(structure.parts).map(([key, part]) => [key, fill(part, tensors)]));
  const tensor = tensors[structure.place];
  return structure.kept ? tf.keep(tensor) : tensor;
}

/** Returns all tensors in a value. */
export function tensorsIn(value: unknown, seen = new Set<unknown>()): tf.Tensor[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof tf.Tensor) return [value];
  return Object.values(value).flatMap((part) => tensorsIn(part, seen));
}
