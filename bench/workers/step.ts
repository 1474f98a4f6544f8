/** Measures the time of a training step: `step.ts '{"backend": "tfjs-node", "encoder": "conv", …}'`. */
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

const { backend, steps, ...step } = options<StepOptions & { backend: Backend; steps: number }>();
await startBackend(backend, step.accelerated);
const training = trainingStep(step);
warmUp(() => void training.finish());
await serve(() => timed(steps, () => void training.finish()));
