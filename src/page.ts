/** Everything that runs in a page, for the builds that need no bundler. */
export { type Acceleration, accelerate } from './accelerate';
export * from './evaluation';
export * from './index';
