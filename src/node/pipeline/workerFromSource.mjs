// Starts the thread of `workerDataset` in a checkout of this package: tsx does not reach into threads by itself.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
