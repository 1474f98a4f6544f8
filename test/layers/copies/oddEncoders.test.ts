import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs'; // tfjs's recurrent layers call its chained operations.
import * as tfl from '@tensorflow/tfjs-layers';
import { byol, contrastiveModel, exportEncoder, momentumEncoder, nonSemanticInfoNCE } from 'tfjs-nonsemantic-negatives';
import { bytesOf, maxDifference, waves } from '../../support/tensors';
import { oddEncoders } from './oddEncoders';

declare const BACKEND: string;

/** A batch for each input; a size that is left open is 7. */
const batchesFor = ({ inputs }: tfl.LayersModel, batch: number, phase = 0) =>
  inputs.map(({ shape, dtype }, i) => {
    const full = [batch, ...shape.slice(1).map((size) => size ?? 7)];
    const values = waves(tf.util.sizeFromShape(full), 1, phase + i);
    return tf.tensor(dtype === 'int32' ? values.map((value) => Math.floor(1.4 * (value + 1))) : values, full, dtype);
  });

const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

describe.each(Object.entries(oddEncoders))('an encoder with %s', (_, { make, refused, notExported, ...rest }) => {
  const { batch = 3, brokenOn } = rest;
  const onBackend = brokenOn?.includes(BACKEND) ? test.skip : test;

  onBackend('is exported', async () => {
    const encoder = await make();
    if (notExported) return expect(() => exportEncoder(encoder)).toThrow(notExported);
    const copy = exportEncoder(encoder);
    const outputs = [encoder, copy].map((model) => listOf(model.predict(batchesFor(encoder, batch))) as tf.Tensor[]);
    for (const [i, output] of outputs[1].entries()) expect(maxDifference(output, outputs[0][i])).toBe(0);
  });

  onBackend('is copied and trained', async () => {
    const encoder = await make();
    const predictor = (units: number) => tfl.sequential({ layers: [tfl.layers.dense({ units, inputShape: [units] })] });
    const makers = [
      () => momentumEncoder({ encoder }).keyEncoder,
      () => byol({ encoder, predictor: predictor((encoder.outputs?.[0]?.shape[1] as number) ?? 1) }).target,
    ];
    for (const maker of makers) {
      if (refused) expect(maker).toThrow(refused);
      else {
        const [x] = batchesFor(encoder, batch);
        expect(maxDifference(maker().predict(x) as tf.Tensor, encoder.predict(x) as tf.Tensor)).toBe(0);
      }
    }
    for (const queueSize of [8, 0]) {
      const build = () => contrastiveModel({ encoder, negatives: 1, queueSize });
      if (refused) {
        expect(build).toThrow(refused);
        continue;
      }
      const model = build();
      const optimizer = tf.train.sgd(0.1);
      const loss = nonSemanticInfoNCE();
      const before = bytesOf(encoder.trainableWeights[0].read());
      for (let step = 0; step < 2; step++) {
        const value = tf.tidy(() => {
          const views = batchesFor(model, batch, step);
          const lossOf = () => loss(null, model.apply(views, { training: true }) as tf.Tensor);
          return (optimizer.minimize(lossOf, true) as tf.Scalar).dataSync()[0];
        });
        expect(Number.isFinite(value)).toBe(true);
      }
      expect(bytesOf(encoder.trainableWeights[0].read())).not.toEqual(before);
    }
  });
});
