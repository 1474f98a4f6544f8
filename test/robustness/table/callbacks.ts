import { trainingAlarms } from 'tfjs-nonsemantic-negatives';
import type { Subject } from '../subject';
import { choice, functions, number } from '../values';

const every = number({ min: 1, integer: true }, 1, 5);

export const callbacks: Subject[] = [
  {
    name: 'trainingAlarms',
    inputs: {},
    options: { every, action: choice('stop', 'warn'), onAlarm: functions(() => {}) },
    call: (_, o) => void trainingAlarms(o),
  },
];
