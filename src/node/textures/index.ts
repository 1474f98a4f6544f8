export { texturesCommand } from './command';
export { workerCommand, workerMain } from './workers';
