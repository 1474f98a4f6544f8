import * as tf from '@tensorflow/tfjs-core';
import { gridOf, type PatchParams } from '../patchParams';

/**
 * Up to here float32 holds integers exactly. WebGL's integers are floats inside, and wasm adds floats ten times faster.
 */
export const maxExactInteger = 2 ** 24;

/**
 * Returns which pixels the canvases copy, one range a row of a cell: `[starts[i], limits[i])` in flat indices over the
 * whole batch, in the order of the canvases.
 */
export function sourceRanges(params: readonly PatchParams[], height: number, width: number) {
  const runs = params.reduce((sum, { patchSize }) => sum + height * Math.ceil(width / patchSize), 0);
  const starts = new Int32Array(runs);
  const limits = new Int32Array(runs);
  let run = 0;
  params.forEach((entry, n) => {
    const { patchSize, offsets } = entry;
    const [, columns] = gridOf(entry, height, width);
    for (let i = 0; i < height; i++) {
      const row = (n * height + (i % patchSize)) * width;
      let cell = Math.floor(i / patchSize) * columns;
      for (let j = 0; j < width; j += patchSize, cell++, run++) {
        starts[run] = row + offsets[cell][0] * width + offsets[cell][1];
        limits[run] = starts[run] + Math.min(patchSize, width - j);
      }
    }
  });
  return { starts, limits };
}

/**
 * Returns the flat index, over the whole batch, of the pixel that each pixel of the canvases copies: output pixel (i,
 * j) of cell (r, c) = (floor(i / p), floor(j / p)) is the image's pixel (top + i - r p, left + j - c p). That is an
 * offset a cell plus the pixel's own index, offset[r, c] + i W + j, so only one number a cell leaves the host.
 *
 * @returns int32 `[N H W, 1]`.
 */
export function sourceIndices(params: readonly PatchParams[], height: number, width: number): tf.Tensor {
  const batch = params.length;
  const cellShifts: number[] = [];
  const rowCells = new Float32Array(batch * height);
  const columnCells = new Float32Array(batch * width);
  params.forEach((entry, n) => {
    const { patchSize, offsets } = entry;
    const [, columns] = gridOf(entry, height, width);
    for (let i = 0; i < height; i++) rowCells[n * height + i] = cellShifts.length + Math.floor(i / patchSize) * columns;
    for (let j = 0; j < width; j++) columnCells[n * width + j] = Math.floor(j / patchSize);
    offsets.forEach(([top, left], cell) => {
      const row = Math.floor(cell / columns);
      const shift = (top - row * patchSize) * width + left - (cell - row * columns) * patchSize;
      cellShifts.push(n * height * width + shift);
    });
  });
  const type = batch * height * width > maxExactInteger ? 'int32' : 'float32';
  const cells = tf.add(tf.tensor(rowCells, [batch, height, 1]), tf.tensor(columnCells, [batch, 1, width]));
  const shifts = tf.gatherND(tf.tensor1d(cellShifts, type), tf.expandDims(tf.cast(cells, 'int32'), -1));
  const pixels = tf.reshape(tf.range(0, height * width, 1, type), [1, height, width]);
  return tf.reshape(tf.cast(tf.add(shifts, pixels), 'int32'), [-1, 1]);
}
