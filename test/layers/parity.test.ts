import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { memoryQueue, momentumEncoder, nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';
import { maxDifference } from '../support/tensors';

declare const BACKEND: string;

/** Five steps of the authors' PyTorch code; see test/fixtures/README.md. */
interface Fixture {
  config: {
    K: number;
    T: number;
    alpha: number;
    num_nonsem: number;
    m: number;
    lr: number;
    momentum: number;
    weight_decay: number;
    image_shape: number[];
  };
  param_order: string[];
  initial: {
    encoder_q: Record<string, Nested>;
    encoder_k: Record<string, Nested>;
    queue: number[][];
    queue_ptr: number | number[];
  };
  steps: {
    im_q: Nested;
    im_k: Nested;
    im_n: Nested[];
    logits: number[][];
    loss: number;
    grad_q: number[][];
    queue_after?: number[][];
    queue_ptr_after: number | number[];
    encoder_q_after: Record<string, Nested>;
    encoder_k_after: Record<string, Nested>;
  }[];
}
type Nested = number | Nested[];

const tolerance = 1e-4;
const own = join(__dirname, '../fixtures');
const shared = join(__dirname, '../../../shared/fixtures');
// Two of the six are enough for the slow adapters of the browser.
const files = (BACKEND.startsWith('webg') ? [own] : [own, shared])
  .filter((dir) => existsSync(dir))
  .flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => /^moco_.*\.json$/.test(name))
      .map((name) => join(dir, name)),
  );

describe.each(files)('five steps of the reference, %s', (file) => {
  const fixture: Fixture = JSON.parse(readFileSync(file, 'utf8'));
  const { config, initial, steps, param_order } = fixture;

  test(`logits, loss, gradient, queue and both encoders agree within ${tolerance}`, () => {
    const encoder = buildEncoder(fixture);
    setPyTorchWeights(encoder, param_order, initial.encoder_q);
    const layer = momentumEncoder({ encoder, momentum: config.m });
    setPyTorchWeights(layer.keyEncoder, param_order, initial.encoder_k);
    const queueLayer = memoryQueue({ size: config.K });
    const inputs = Array.from({ length: 2 + config.num_nonsem }, () =>
      tfl.input({ shape: encoder.inputs[0].shape.slice(1) }),
    );
    const embeddings = layer.apply(inputs) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs, outputs: queueLayer.apply(embeddings) as tfl.SymbolicTensor });
    queueLayer.setWeights([tf.transpose(tf.tensor2d(initial.queue)), tf.scalar(Number(initial.queue_ptr), 'int32')]);
    const loss = nonSemanticInfoNCE({ temperature: config.T, alpha: config.alpha });
    const optimizer = sgd({ learningRate: config.lr, momentum: config.momentum, weightDecay: config.weight_decay });

    for (const step of steps) {
      const negatives = Array.from({ length: config.num_nonsem }, (_, m) =>
        step.im_n.map((image) => (image as Nested[])[m]),
      );
      const xs = [step.im_q, step.im_k, ...negatives].map(toNHWC);
      const queueBefore = tf.clone(queueLayer.getWeights()[0]);
      let similarities = tf.zeros([0]);
      const value = optimizer.minimize(() => {
        const output = model.apply(xs, { training: true }) as tf.Tensor;
        similarities = tf.keep(tf.clone(output));
        return loss(null, output);
      }, true) as tf.Scalar;

      const columns = 1 + config.K + config.num_nonsem;
      const factors = Array.from({ length: columns }, (_, i) => (i <= config.K ? 1 : config.alpha) / config.T);
      expect(maxDifference(tf.mul(similarities, factors), step.logits.flat())).toBeLessThan(tolerance);
      expect(Math.abs(value.dataSync()[0] - step.loss)).toBeLessThan(tolerance);
      expect(maxDifference(gradientOfQuery(similarities, step, queueBefore), step.grad_q.flat())).toBeLessThan(
        tolerance,
      );
      const [queue, pointer] = queueLayer.getWeights();
      if (step.queue_after)
        expect(maxDifference(queue, tf.transpose(tf.tensor2d(step.queue_after)))).toBeLessThan(tolerance);
      expect(pointer.dataSync()[0]).toBe(Number(step.queue_ptr_after));
      expectPyTorchWeights(encoder, param_order, step.encoder_q_after);
      expectPyTorchWeights(layer.keyEncoder, param_order, step.encoder_k_after);
    }
  });

  /** d loss / d q from the public loss: the similarities' gradient times what each column compares q with. */
  function gradientOfQuery(similarities: tf.Tensor, step: Fixture['steps'][number], queue: tf.Tensor): tf.Tensor {
    const loss = nonSemanticInfoNCE({ temperature: config.T, alpha: config.alpha, negatives: config.num_nonsem });
    const dy = tf.grad((x) => loss(null, x))(similarities);
    const [batch, columns] = similarities.shape as [number, number];
    const embedded = lastKeys(step);
    const toQueue = tf.matMul(tf.slice(dy, [0, 1], [batch, config.K]), queue);
    const toOwn = embedded.map((rows, i) => {
      const column = i === 0 ? 0 : columns - config.num_nonsem + i - 1;
      return tf.mul(tf.slice(dy, [0, column], [batch, 1]), rows);
    });
    return tf.addN([toQueue, ...toOwn] as tf.Tensor[]);
  }

  /** The reference's own key and negatives are not in the small fixtures; ours are re-made with the weights it had then. */
  function lastKeys(step: Fixture['steps'][number]): tf.Tensor[] {
    const keyEncoder = buildEncoder(fixture);
    setPyTorchWeights(keyEncoder, param_order, step.encoder_k_after);
    const negatives = Array.from({ length: config.num_nonsem }, (_, m) =>
      step.im_n.map((image) => (image as Nested[])[m]),
    );
    return [step.im_k, ...negatives].map((images) => {
      const rows = keyEncoder.apply(toNHWC(images), { training: true }) as tf.Tensor;
      return tf.div(rows, tf.norm(rows, 2, 1, true));
    });
  }
});

function toNHWC(images: Nested): tf.Tensor {
  return tf.transpose(tf.tensor4d(images as number[][][][]), [0, 2, 3, 1]);
}

function buildEncoder({ config, param_order }: Fixture): tfl.LayersModel {
  const [channels, height, width] = config.image_shape;
  const input = tfl.input({ shape: [height, width, channels] });
  const dense = (x: tfl.SymbolicTensor, units: number, relu: boolean) =>
    tfl.layers.dense({ units, activation: relu ? 'relu' : undefined }).apply(x) as tfl.SymbolicTensor;
  let x: tfl.SymbolicTensor = input;
  if (param_order.includes('c1.weight')) {
    for (const filters of [8, 16]) {
      x = tfl.layers.zeroPadding2d({ padding: 1 }).apply(x) as tfl.SymbolicTensor;
      x = tfl.layers.conv2d({ filters, kernelSize: 3, strides: 2, useBias: false }).apply(x) as tfl.SymbolicTensor;
      x = tfl.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(x) as tfl.SymbolicTensor;
      x = tfl.layers.activation({ activation: 'relu' }).apply(x) as tfl.SymbolicTensor;
    }
    x = tfl.layers.globalAveragePooling2d({}).apply(x) as tfl.SymbolicTensor;
    x = dense(x, 16, true);
  } else {
    x = tfl.layers.permute({ dims: [3, 1, 2] }).apply(x) as tfl.SymbolicTensor;
    x = tfl.layers.flatten().apply(x) as tfl.SymbolicTensor;
    x = dense(dense(x, 24, true), 24, true);
  }
  return tfl.model({ inputs: input, outputs: dense(x, 16, false) });
}

function fromPyTorch(value: Nested): tf.Tensor {
  const tensor = tf.tensor(value as number[][][][]);
  if (tensor.rank === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
  return tensor.rank === 2 ? tf.transpose(tensor) : tensor;
}

function trained(model: tfl.LayersModel): tfl.LayerVariable[] {
  const moving = /moving_(mean|variance)/;
  return model.layers.flatMap((layer) => layer.weights).filter((weight) => !moving.test(weight.originalName));
}

function setPyTorchWeights(model: tfl.LayersModel, order: string[], values: Record<string, Nested>): void {
  trained(model).forEach((weight, i) => {
    weight.write(fromPyTorch(values[order[i]]));
  });
}

function expectPyTorchWeights(model: tfl.LayersModel, order: string[], values: Record<string, Nested>): void {
  trained(model).forEach((weight, i) => {
    expect(maxDifference(weight.read(), fromPyTorch(values[order[i]]))).toBeLessThan(tolerance);
  });
}
