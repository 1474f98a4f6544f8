import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { priceCandidates } from '../../src/texture/priceCandidates';

const [images, count, candidates, length] = [2, 12, 40, 5];

/** Integer features of both signs, as patches have them; half of the places look alike. */
function features() {
  const random = randomStream('features');
  const draw = (spread: number) => Math.round(spread * (random() - 0.5));
  const patches = Array.from({ length: images * candidates * length }, () => draw(200));
  const places = Array.from({ length: images * count * length }, (_, i) =>
    Math.floor(i / length) % 2 ? draw(200) : draw(60),
  );
  return {
    patches: tf.tensor3d(patches, [images, candidates, length]),
    places: tf.tensor3d(places, [images, count, length]),
  };
}

function distancesOf({ patches, places }: ReturnType<typeof features>): tf.Tensor3D {
  const energies = tf.expandDims(tf.div(tf.sum(tf.square(patches), -1), 2), 1);
  return tf.sub(energies, tf.matMul(places, patches, false, true));
}

/** Prices candidates of one image with loops over places and candidates. */
function priceSlowly(distances: number[][], places: number[][]): number[][] {
  const least = distances.map((row) => Math.min(...row));
  const nearest = least.map((d, p) => d + places[p].reduce((sum, x) => sum + x * x, 0) / 2);
  const unit = Math.max(1, Math.floor((64 * nearest.reduce((sum, d) => sum + Math.floor(d / 64), 0)) / count));
  const use = new Array<number>(candidates).fill(0);
  for (const [p, row] of distances.entries()) {
    const wanted = row.map((d) => Math.max(0, least[p] + 8 * unit - d));
    const sum = wanted.reduce((a, b) => a + b, 0);
    for (const [k, w] of wanted.entries()) use[k] += w / sum;
  }
  const mean = count / candidates;
  return distances.map((row) => row.map((d, k) => d + unit * Math.floor(8 * Math.log(use[k] / mean + 0.2))));
}

describe('priceCandidates', () => {
  test('adds what loops over places and candidates add', () => {
    const given = features();
    const distances = distancesOf(given);
    const [plain, places] = [distances.arraySync(), given.places.arraySync()];
    const priced = priceCandidates(distances, given.places).arraySync();
    expect(priced).toEqual(plain.map((image, n) => priceSlowly(image, places[n])));
  });

  test('gives an image the same prices alone and in a batch', () => {
    const given = features();
    const distances = distancesOf(given);
    const priced = priceCandidates(distances, given.places);
    const alone = priceCandidates(tf.slice(distances, 1), tf.slice(given.places, 1));
    expect(alone.dataSync()).toEqual(tf.slice(priced, 1).dataSync());
  });

  test('gives each place the candidate it is nearly nearest to, where one candidate is nearest to all', () => {
    const directions = tf.expandDims(tf.eye(count)) as tf.Tensor3D;
    // A candidate without structure is nearest to whatever has little of it, as a patch of sky.
    const all = tf.concat([tf.zeros([1, 1, count]), tf.mul(directions, 100)], 1) as tf.Tensor3D;
    const places = tf.mul(directions, 45) as tf.Tensor3D;
    const distances = distancesOf({ patches: all, places });
    expect(Array.from(tf.argMin(distances, 2).dataSync())).toEqual(new Array(count).fill(0));
    const chosen = tf.argMin(priceCandidates(distances, places), 2).dataSync();
    expect(Array.from(chosen)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  });

  test('prices equal candidates equally', () => {
    const distances = tf.zeros([1, count, candidates]);
    const priced = priceCandidates(distances, tf.zeros([1, count, length])).dataSync();
    expect(new Set(priced)).toEqual(new Set([1]));
  });
});
