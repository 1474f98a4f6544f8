/** Node's `process`, as far as jest's `expect` looks at it. */
export const process = { env: {}, argv: [], stdout: {}, stderr: {}, cwd: () => '/', platform: 'browser' };
