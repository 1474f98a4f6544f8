// Callbacks of every kind in one list, and a model saved and loaded in the middle of its training.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  contrastiveModel,
  cosineSchedule,
  learningRateScheduler,
  MomentumEncoder,
  metricHistory,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  sgd,
  trainingAlarms,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

function createModel() {
  const block = (filters: number, first = {}) => [
    tf.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', useBias: false, ...first }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.leakyReLU({ alpha: 0.1 }),
  ];
  return tf.sequential({
    layers: [
      ...block(16, { inputShape: [20, 20, 3] }),
      ...block(32),
      ...block(64),
      tf.layers.globalAveragePooling2d({ name: 'features' }),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}

async function saveAndLoad(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  const keep = async (artifacts: tf.io.ModelArtifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
  };
  await model.save(tf.io.withSaveHandler(keep));
  return tf.loadLayersModel(tf.io.fromMemory(saved));
}

export const callbacks: Program = {
  name: 'mixed callbacks, saved and loaded in the middle',
  size: 20,
  channels: 3,
  // Alarms and history look every 4 steps, twice an epoch, at three numbers and at loss, accuracy.
  reads: 14,
  resumesAt: 6,

  async before({ xs, ys }, watch) {
    let model: tf.LayersModel = createModel();
    const labels = tf.oneHot(ys, 5);
    for (const initialEpoch of [0, 2]) {
      if (initialEpoch > 0) model = await saveAndLoad(model);
      model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
      const list = [tf.callbacks.earlyStopping({ monitor: 'loss' }), new tf.CustomCallback(watch)];
      await model.fit(xs, labels, { epochs: initialEpoch + 2, initialEpoch, verbose: 0, callbacks: list });
    }
    labels.dispose();
  },

  async after({ xs }, watch) {
    const dataset = contrastiveDataset(xs, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative());
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    let model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 128, warmStart: true });
    const history = metricHistory({ every: 4 });
    for (const initialEpoch of [0, 6]) {
      if (initialEpoch > 0) model = await saveAndLoad(model);
      const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 1e-4 });
      model.compile({ optimizer, loss: nonSemanticInfoNCE({ alpha: 1 }), metrics: [contrastiveAccuracy] });
      // The queue fills in the first half: its loss rises, which early stopping would take for a failure.
      const stopping = tf.callbacks.earlyStopping({ monitor: 'contrastiveAccuracy', mode: 'max', patience: 5 });
      const schedule = learningRateScheduler(cosineSchedule({ from: 0.06, steps: 48 }));
      // TensorFlow.js takes the kind of the first for that of all.
      const list = [stopping, watch, trainingAlarms({ every: 4 }), schedule, history] as tf.CustomCallbackArgs[];
      await model.fitDataset(dataset, { epochs: initialEpoch + 6, initialEpoch, verbose: 0, callbacks: list });
    }
    if (history.records.length !== 24) throw new Error(`There are ${history.records.length} records.`);
    const loaded = model.layers.find((layer) => layer instanceof MomentumEncoder) as MomentumEncoder;
    return removeHead(loaded.encoder, { layer: 'features' });
  },
};
