declare const BACKEND: string;

/** Where a backend's numbers are other than everywhere else, how far, and why. docs/backends.md shows the same table. */
export interface Tolerance {
  backend: string;
  /** What differs. */
  what: string;
  /** The largest absolute difference; elsewhere it is 0. */
  tolerance: number;
  cause: string;
}

export const tolerances: readonly Tolerance[] = [
  {
    backend: 'webgl',
    what: 'queue rows',
    tolerance: 1.2e-7,
    cause: 'the scatter kernel mixes the old and the new value, which rounds once more',
  },
  {
    backend: 'webgpu',
    what: 'views of an image in batches of other sizes',
    tolerance: 2e-6,
    cause: 'the size of a product chooses its kernel, each of which rounds in its own order',
  },
];

/** How far this backend's numbers may be from those of the others. */
export const tolerance = (what: string): number =>
  tolerances.find((entry) => entry.what === what && entry.backend === BACKEND)?.tolerance ?? 0;
