import * as tf from '@tensorflow/tfjs-core';
import { sgd, trainingAlarms } from 'tfjs-nonsemantic-negatives';
import { trainingAlarmsOptions } from '../../../src/training/trainingAlarmsArgs';
import type { Subject } from '../subject';
import { fromSpecs } from '../values';
import { plain, withInputs } from './inputs';

export const callbacks: Subject[] = [
  {
    name: 'trainingAlarms',
    inputs: { loss: plain(0.5, null, undefined, 'x', {}, [1], true) },
    options: fromSpecs(trainingAlarmsOptions, {
      ...{ every: [1, 5], action: ['stop', 'warn'], onAlarm: [() => {}] },
      ...{ minSpread: [0, 0.1], embeddings: [() => tf.eye(4)] },
      ...{ maxGradientGrowth: [0, 10], lastCheckpoint: [() => 'saved'] },
      ...{ model: [], optimizer: [] },
    }),
    call: async (x, o) => {
      const alarms = trainingAlarms(withInputs(o, { optimizer: sgd({ learningRate: 1 }) }));
      await alarms.afterStep({ loss: x.loss });
      alarms.close();
    },
  },
];
