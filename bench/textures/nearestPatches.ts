import * as tf from '@tensorflow/tfjs-core';

/** The patches of the exemplars that a texture's patches are most like. */
export interface NearestPatches {
  /** Exemplar, row and column of each nearest patch, row by row. */
  positions: [exemplar: number, y: number, x: number][];
  squaredDistances: Float32Array;
  height: number;
  width: number;
}

const PATCH = 7;
const STEP = 2;

/** Finds for every second 7 x 7 patch of the texture, down and across, the most similar patch of the exemplars. */
export function nearestPatches(exemplars: readonly tf.Tensor3D[], texture: tf.Tensor3D): NearestPatches {
  return tf.tidy(() => {
    const size = PATCH * PATCH * 3;
    const unfold = tf.reshape(tf.eye(size), [PATCH, PATCH, 3, size]) as tf.Tensor4D;
    const patchesOf = (image: tf.Tensor3D, step: number) => tf.conv2d(image, unfold, step, 'valid');
    const maps = exemplars.map((exemplar) => patchesOf(exemplar, 1));
    const places = maps.flatMap(({ shape: [rows, columns] }, exemplar) =>
      Array.from({ length: rows * columns }, (_, i): [number, number, number] => [
        exemplar,
        Math.floor(i / columns),
        i % columns,
      ]),
    );
    const candidates = tf.concat(maps.map((map) => tf.reshape(map, [-1, size]))) as tf.Tensor2D;
    const energies = tf.sum(tf.square(candidates), 1);
    const map = patchesOf(texture, STEP);
    const wanted = tf.reshape(map, [-1, size]) as tf.Tensor2D;
    const chosen: number[] = [];
    const squaredDistances: number[] = [];
    for (let i = 0; i < wanted.shape[0]; i += 1024) {
      tf.tidy(() => {
        const some = tf.slice(wanted, i, Math.min(1024, wanted.shape[0] - i));
        const distances = tf.sub(energies, tf.mul(tf.matMul(some, candidates, false, true), 2));
        chosen.push(...tf.argMin(distances, 1).dataSync());
        const least = tf.add(tf.min(distances, 1), tf.sum(tf.square(some), 1));
        squaredDistances.push(...tf.div(tf.relu(least), size).dataSync());
      });
    }
    return {
      positions: chosen.map((i) => places[i]),
      squaredDistances: Float32Array.from(squaredDistances),
      height: map.shape[0],
      width: map.shape[1],
    };
  });
}

/** Measures runs and regions of pixels whose nearest patches continue one another, within a pixel. */
export function coherence({ positions, height, width }: NearestPatches): { run: number; copy: number } {
  const continues = (a: number, b: number, dy: number, dx: number) => {
    const [p, q] = [positions[a], positions[b]];
    return p[0] === q[0] && Math.abs(q[1] - p[1] - dy * STEP) <= 1 && Math.abs(q[2] - p[2] - dx * STEP) <= 1;
  };
  const parent = Int32Array.from({ length: height * width }, (_, i) => i);
  const root = (i: number): number => {
    let r = i;
    while (parent[r] !== r) r = parent[r] = parent[parent[r]];
    return r;
  };
  const runs = (lines: number, length: number, index: (line: number, i: number) => number, dy: number, dx: number) => {
    const lengths: number[] = [];
    for (let line = 0; line < lines; line++) {
      let run = 1;
      for (let i = 1; i < length; i++) {
        const [a, b] = [index(line, i - 1), index(line, i)];
        if (continues(a, b, dy, dx)) {
          run++;
          parent[root(a)] = root(b);
        } else {
          lengths.push(run);
          run = 1;
        }
      }
      lengths.push(run);
    }
    // Weighted by length: the run that a pixel is likely to be in.
    return (STEP * lengths.reduce((sum, n) => sum + n * n, 0)) / lengths.reduce((sum, n) => sum + n, 0);
  };
  const across = runs(height, width, (y, x) => y * width + x, 0, 1);
  const down = runs(width, height, (x, y) => y * width + x, 1, 0);
  const sizes = new Map<number, number>();
  for (let i = 0; i < parent.length; i++) sizes.set(root(i), (sizes.get(root(i)) ?? 0) + 1);
  return { run: (across + down) / 2, copy: Math.max(...sizes.values()) / parent.length };
}
