import type { Measures } from '../../../examples/quickstart/measure';
import type { Gallery, Reliance, RunRecord, Training } from '../../../examples/quickstart/record';

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

/** Shares that tell features and versions apart, with intervals of 0.05 to either side. */
function relianceFrom(base: number, chance?: number): Reliance['encoders'][string] {
  const figure = (value: number, guess: number) => ({
    value,
    low: value - 0.05,
    high: value + 0.05,
    chance: chance ?? guess,
  });
  const versions = ['silhouettes', 'edges', 'textures', 'patches'] as const;
  const recall = versions.map((version, i) => [version, { 1: figure(0, 0.1), 10: figure(base + (i + 1) / 100, 0.1) }]);
  return { shapeShare: figure(base, 0.5), recall: Object.fromEntries(recall), classes: [] };
}

export const reliance: Reliance = {
  concepts: 100,
  conflicts: 6000,
  baseline: 'plain MoCo',
  encoders: {
    'plain MoCo': relianceFrom(0.6),
    'with patch negatives': relianceFrom(0.7),
    untrained: relianceFrom(0.5),
    'raw pixels': relianceFrom(0.4),
  },
  differences: {
    'with patch negatives': relianceFrom(0.03, 0),
    untrained: relianceFrom(-0.1, 0),
    'raw pixels': relianceFrom(-0.2, 0),
  },
};

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
  reliance,
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
  conflicts: [1, 0, 0.5].map(conflict),
  disputes: { total: 1200, conflicts: [1, 0].map(conflict) },
};

function conflict(share: number) {
  return {
    image: picture,
    shape: { caption: wildCaption, image: picture },
    texture: { caption: 'red apple', image: picture },
    takenForShape: { 'with patch negatives': share, 'plain MoCo': 1 - share, untrained: 1 },
  };
}
