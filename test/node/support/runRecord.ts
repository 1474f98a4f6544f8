import type { Measures } from '../../../examples/quickstart/measure';
import type { Gallery, RunRecord, Training } from '../../../examples/quickstart/record';

/** A caption that would break a page that does not escape it. */
export const wildCaption = `<script>alert("it's")</script> & </td>`;

/** A PNG of one pixel. */
export const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function training(name: string, negativeSimilarity: number): Training {
  const history = Array.from({ length: 30 }, (_, i) => ({
    epoch: 0,
    step: 10 * (i + 1),
    learningRate: 0.06 * (1 - i / 30),
    // A batch may go wrong.
    loss: i === 7 ? Number.NaN : 7 - i / 20,
    contrastiveAccuracy: i / 40,
    keySimilarity: 0.5 + i / 100,
    queueSimilarity: 0.2,
    negativeSimilarity,
  }));
  return { name, seconds: 83, imagesPerSecond: 243.7, history };
}

/** Shares that tell rows and columns apart: `base` in the first column, a hundredth more in each next. */
export function measuresFrom(base: number): Measures {
  return {
    recallFromView: { at1: base, at10: base + 0.01 },
    knnOfGroup: { 'Fluent 3D': base + 0.02, 'OpenMoji color': base + 0.03 },
    recallAcross: { 'OpenMoji color': { at1: base + 0.04, at10: base + 0.05 } },
  };
}

export const record: RunRecord = {
  name: 'a <run> & "more"',
  date: '2024-05-06T07:08:09.000Z',
  backend: 'backend: wasm (4.22.0, 2 threads)',
  data: 'emoji: 1200 pictures to train on, 399 held out',
  settings: { encoder: 'stride-2 convolutions 16-32', learningRate: 0.06, weightDecay: 0.0001, queueSize: 1024 },
  trainings: [training('with patch negatives', 0.3), training('plain MoCo', Number.NaN)],
  measures: {
    untrained: measuresFrom(0.1),
    'raw pixels': measuresFrom(0.2),
    'with patch negatives': measuresFrom(0.4),
    'plain MoCo': { ...measuresFrom(0.3), recallFromView: { at1: 0.7, at10: Number.NaN } },
  },
};

export const gallery: Gallery = {
  views: [
    { caption: wildCaption, image: picture, query: picture, key: picture, negatives: [picture, picture] },
    { caption: 'red apple', image: picture, query: picture, key: picture, negatives: [picture, picture] },
  ],
  neighbors: ['Fluent 3D', 'OpenMoji color'].map((domain, d) => ({
    domain,
    caption: wildCaption,
    image: picture,
    nearest: [
      { caption: wildCaption, image: picture, similarity: 0.9, same: d === 1 },
      { caption: 'red apple', image: picture, similarity: Number.NaN, same: false },
    ],
  })),
};
