/**
 * Shows where a training step on tfjs-node spends processor time, by TensorFlow operation. Other programs' time does
 * not count:
 *
 *     node --import tsx bench/workers/profile.ts '{"backend": "tfjs-node", "encoder": "conv", "size": 32, "batch": 64,
 *       "queue": 4096, "negatives": 1, "accelerated": true, "steps": 20}'
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, startBackend } from '../support/backend';
import { options, warmUp } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

interface Binding {
  executeOp(name: string, ...rest: unknown[]): unknown;
}

const { backend, steps, ...step } = options<StepOptions & { backend: Backend; steps: number }>();
await startBackend(backend, step.accelerated);
const training = trainingStep(step);
warmUp(() => void training.finish());

const operations = new Map<string, { calls: number; ms: number }>();
const native = tf.backend() as unknown as { binding: Binding };
const { binding } = native;
const executeOp = (name: string, ...rest: unknown[]) => {
  const before = cpuMs();
  const outputs = binding.executeOp(name, ...rest);
  const row = operations.get(name) ?? { calls: 0, ms: 0 };
  operations.set(name, { calls: row.calls + 1, ms: row.ms + cpuMs() - before });
  return outputs;
};
native.binding = Object.create(binding, { executeOp: { value: executeOp } });

const start = cpuMs();
for (let i = 0; i < steps; i++) training.finish();
const total = (cpuMs() - start) / steps;
const rows = [...operations].map(([name, { calls, ms }]) => ({ name, calls: calls / steps, ms: ms / steps }));
const inTensorFlow = rows.reduce((sum, { ms }) => sum + ms, 0);
rows.push({ name: 'JavaScript', calls: 0, ms: total - inTensorFlow }, { name: 'the whole step', calls: 0, ms: total });
for (const { name, calls, ms } of rows.sort((a, b) => b.ms - a.ms))
  console.log(`${name.padEnd(28)} ${calls.toFixed(1).padStart(6)} ${ms.toFixed(3).padStart(9)} ms`);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
