import * as tf from '@tensorflow/tfjs-core';
import { normalize, patchNegative, textureNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { corrupt } from 'tfjs-nonsemantic-negatives/evaluation';
import { attempt } from './outcome';
import { makeInputs, requiredOptions, type Subject } from './subject';
import { table } from './table';
import { free, makeTensor } from './values';

declare const BACKEND: string;

const light = table.filter(({ heavy }) => !heavy || process.env.LONG);
const rows = light.map((subject) => [subject.name, subject] as const);

test.each(rows)('%s accepts each good option, and leaves no tensor behind', async (_, subject) => {
  const required = requiredOptions(subject);
  const cases = Object.entries(subject.options).flatMap(([name, { good }]) => good.map((value) => ({ [name]: value })));
  for (const given of [{}, ...cases]) {
    const { error, leaked } = await attempt(subject, () => makeInputs(subject), { ...required, ...given });
    expect([given, error, leaked]).toEqual([given, undefined, 0]);
  }
});

describe('one bad image of a batch', () => {
  const shape: [number, number, number, number] = [3, 16, 17, 3];
  const transforms: { [name: string]: (x: tf.Tensor4D) => tf.TensorContainer } = {
    normalize,
    twoViews: (x) => twoViews()(x).xs,
    patchNegative: (x) => patchNegative()(x).xs.negative_0,
    textureNegative: (x) => textureNegative({ quality: 'fast' })(x).xs.negative_0,
    corrupt: (x) => corrupt(x, { kind: 'motion_blur', severity: 3 }),
  };

  // docs/backends.md: on WebGPU products of batches of matrices let NaN through to the matrix before.
  const spared = Object.keys(transforms).filter((name) => BACKEND !== 'webgpu' || name !== 'twoViews');

  test.each(spared)('does not spread to the others: %s', (name) => {
    const last = (images: tf.Tensor4D) =>
      tf.tidy(() => {
        const result = transforms[name](images);
        const tensors = result instanceof tf.Tensor ? [result] : Object.values(result as object);
        return tensors.flatMap((x: tf.Tensor) => Array.from(tf.slice(x, 2, 1).dataSync()));
      });
    const [good, bad] = tf.tidy(() => {
      const images = makeTensor({ shape, dtype: 'float32', fill: 'waves' });
      const others = makeTensor({ shape: [2, 16, 17, 3], dtype: 'float32', fill: 'NaN' });
      return [images, tf.concat([others, tf.slice(images, 2, 1)])] as tf.Tensor4D[];
    });
    expect(last(bad)).toEqual(last(good));
    tf.dispose([good, bad]);
  });
});

describe('switching the backend between calls', () => {
  const other = BACKEND === 'cpu' ? 'wasm' : 'cpu';
  const switchable = rows.filter(([, { inputs }]) => Object.keys(inputs).length > 0);

  beforeAll(async () => {
    await (other === 'cpu' ? import('@tensorflow/tfjs-backend-cpu') : import('@tensorflow/tfjs-backend-wasm'));
    await tf.setBackend(other);
    await tf.ready();
    await tf.setBackend(BACKEND);
  });
  afterAll(() => tf.setBackend(BACKEND));

  // Its tensors lie in the memory of the one; what is asked of the other gives the same, or says what is wrong.
  test.each(switchable)('%s', async (_, subject: Subject) => {
    const onOther = async () => {
      const inputs = makeInputs(subject);
      await tf.setBackend(other);
      return inputs;
    };
    const inputs = await onOther();
    try {
      const result = await subject.call(inputs, requiredOptions(subject) as never);
      subject.check?.(result as never, inputs);
      free(result);
    } finally {
      await tf.setBackend(BACKEND);
      free(inputs);
    }
  });
});
