import type { Triple } from './program';

/*
 * Sums over the rows of matrices `[rows, channels]`: a workgroup takes 32 neighboring channels, which lie side by
 * side in memory, and a part of the rows, of which each of its 8 lanes adds up every eighth.
 */
export const channels = 32;
export const lanes = 8;
export const workgroupSize: Triple = [channels, lanes, 1];

/** Workgroups that keep a large GPU busy; with fewer channels, the rows are split. */
const busy = 512;
/** Rows that are worth a part of their own. */
const minRows = 256;

/** Splits rows: how many a part has, and how many parts there are. */
export function splitRows(rows: number, groups: number): { perPart: number; parts: number } {
  const wanted = Math.min(Math.ceil(busy / groups), Math.ceil(rows / minRows));
  const perPart = Math.ceil(rows / Math.max(1, wanted));
  return { perPart, parts: Math.max(1, Math.ceil(rows / Math.max(1, perPart))) };
}

/** WGSL of `sumOfLanes(value)`, the sum of a channel's lanes. Every invocation has to call it. */
export const sumOfLanes = `
var<workgroup> shares : array<f32, ${channels * lanes}>;

fn sumOfLanes(value : f32) -> f32 {
  workgroupBarrier();
  shares[localIndex] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var lane = 0u; lane < ${lanes}u; lane++) {
    sum += shares[lane * ${channels}u + localId.x];
  }
  return sum;
}
`;
