import * as tf from '@tensorflow/tfjs-core';
import { sgd, trainingAlarms } from 'tfjs-nonsemantic-negatives';
import type { Subject } from '../subject';
import { choice, functions, number, only } from '../values';
import { plain, withInputs } from './inputs';

const every = number({ min: 1, integer: true }, 1, 5);

export const callbacks: Subject[] = [
  {
    name: 'trainingAlarms',
    inputs: { loss: plain(0.5, null, undefined, 'x', {}, [1], true) },
    options: {
      ...{ every, action: choice('stop', 'warn'), onAlarm: functions(() => {}) },
      ...{ minSpread: number({ min: 0, max: 1 }, 0, 0.1), embeddings: functions(() => tf.eye(4)) },
      ...{ maxGradientGrowth: number({ min: 0 }, 0, 10), lastCheckpoint: functions(() => 'saved') },
      ...{ model: only(), optimizer: only() },
    },
    call: async (x, o) => {
      const alarms = trainingAlarms(withInputs(o, { optimizer: sgd({ learningRate: 1 }) }));
      await alarms.afterStep(x.loss);
      alarms.close();
    },
  },
];
