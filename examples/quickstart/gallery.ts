import * as tf from '@tensorflow/tfjs';
import {
  l2Normalize,
  type MocoV2Augmentation,
  normalize,
  patchNegative,
  randomStream,
} from 'tfjs-nonsemantic-negatives';
import type { Embed, Split } from './measure';
import type { Pictures } from './pictures';
import type { Gallery } from './record';
import { pngDataUri } from './report/thumbnails';

const rows = 6;
const nearestShown = 5;

/** Makes the pictures of the report: what the encoder was shown, and what it finds. */
export async function gallery(embed: Embed, split: Split, augmentation: MocoV2Augmentation): Promise<Gallery> {
  return {
    views: await views(split.train, augmentation),
    neighbors: (
      await Promise.all([split.heldOut, ...split.shifted].map((domain) => neighbors(embed, domain, split)))
    ).flat(),
  };
}

/** Images with both views and two patch negatives of the query view. */
async function views(pictures: Pictures, augmentation: MocoV2Augmentation): Promise<Gallery['views']> {
  const chosen = spread(pictures);
  const { xs } = chosen.toTensors();
  const view = (name: string) => augmentation.apply(xs, augmentation.sample(xs.shape, randomStream('gallery', name)));
  const query = view('query');
  const key = view('key');
  const patches = patchNegative();
  const negatives = [0, 1].map((m) => patches.apply(query, patches.sample(query.shape, randomStream('gallery', m))));
  const columns = await Promise.all([query, key, ...negatives].map(thumbnails));
  return Promise.all(
    chosen.captions.map(async (caption, i) => ({
      caption,
      image: await pngDataUri(chosen.pixelsOf(i), chosen.side),
      query: columns[0][i],
      key: columns[1][i],
      negatives: columns.slice(2).map((column) => column[i]),
    })),
  );
}

/** For a few pictures of a domain, the nearest held-out pictures of the training rendering, by cosine. */
async function neighbors(embed: Embed, domain: Pictures, { heldOut }: Split): Promise<Gallery['neighbors']> {
  const places = spreadPlaces(heldOut.size);
  const rowsOf = (pictures: Pictures) => l2Normalize(embed(normalize(pictures.toTensors().xs)));
  const { values, indices } = tf.tidy(() => {
    const similarities = tf.matMul(rowsOf(domain.pick(places)), rowsOf(heldOut), false, true);
    // A picture of the gallery is not its own neighbor.
    const own = domain === heldOut ? tf.oneHot(tf.tensor1d(places, 'int32'), heldOut.size) : tf.zerosLike(similarities);
    return tf.topk(tf.sub(similarities, tf.mul(own, 2)), Math.min(nearestShown, heldOut.size - 1));
  });
  const [found, similarity] = [(await indices.array()) as number[][], (await values.array()) as number[][]];
  return Promise.all(
    places.map(async (place, row) => ({
      domain: domain.name,
      caption: domain.captions[place],
      image: await pngDataUri(domain.pixelsOf(place), domain.side),
      nearest: await Promise.all(
        found[row].map(async (index, column) => ({
          caption: heldOut.captions[index],
          image: await pngDataUri(heldOut.pixelsOf(index), heldOut.side),
          similarity: similarity[row][column],
          same: index === place,
        })),
      ),
    })),
  );
}

/** Undoes the normalization: views as pictures. */
async function thumbnails(images: tf.Tensor4D): Promise<string[]> {
  const pixels = tf.tidy(() => {
    const mean = tf.tensor1d([0.485, 0.456, 0.406]);
    const deviation = tf.tensor1d([0.229, 0.224, 0.225]);
    return tf.mul(tf.clipByValue(tf.add(tf.mul(images, deviation), mean), 0, 1), 255);
  });
  const [count, side] = images.shape;
  const bytes = Uint8Array.from(await pixels.data(), Math.round);
  const length = side * side * 3;
  return Promise.all(
    Array.from({ length: count }, (_, i) => pngDataUri(bytes.subarray(i * length, (i + 1) * length), side)),
  );
}

const spreadPlaces = (size: number) =>
  Array.from({ length: Math.min(rows, size) }, (_, i) => Math.floor((i * size) / Math.min(rows, size)));
const spread = (pictures: Pictures) => pictures.pick(spreadPlaces(pictures.size));
