/** Everything that runs in a page, for the builds that need no bundler. */
export * from './accelerate';
export * from './evaluation';
export * from './index';
