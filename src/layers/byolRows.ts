import { tensorTag } from '../support/tensorTag';

/** How many non-semantic negatives each direction of BYOL's rows has: of one direction, or of two. */
export type Directions = readonly [number] | readonly [number, number];

/** How many negatives each direction of rows `[N, V, D]` has: no shape says where one direction ends. */
export const { set: tagDirections, get: directionsOf } = tensorTag<Directions>('byol directions');
