/** Measures the time of a training step: `step.ts '{"backend": "tfjs-node", "encoder": "conv", …}'`. */
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

const { backend, steps, graph, ...step } = options<
  StepOptions & { backend: Backend; steps: number; graph?: 'checked' | 'fast' }
>();
await startBackend(backend, step.accelerated);
const training = trainingStep(step);
if (graph) await compileModel(training.model, { assumePure: graph === 'fast' });
warmUp(() => void training.finish());
await serve(() => timed(steps, () => void training.finish()));
