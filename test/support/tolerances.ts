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
];

/** How far this backend's numbers may be from those of the others. */
export const tolerance = (what: string): number =>
  tolerances.find((entry) => entry.what === what && entry.backend === BACKEND)?.tolerance ?? 0;
