/** Stands in for Node's modules in the page: the few functions that tests and jest's `expect` call there. */

/** A test that needs what only Node has is skipped, and counted, with this reason. */
export class NotInTheBrowser extends Error {}

function ask<T>(question: string, argument: string): T {
  const request = new XMLHttpRequest();
  request.open('POST', '/host', false);
  request.send(JSON.stringify({ question, argument }));
  return JSON.parse(request.responseText);
}

export const existsSync = (path: string) => ask<boolean>('exists', path);
export const readdirSync = (path: string) => ask<string[]>('list', path);
export const readFileSync = (path: string) => ask<string>('read', path);
export const join = (...parts: string[]) => parts.join('/');
export const resolve = join;
export const isAbsolute = (path: string) => path.startsWith('/');
export const relative = (_from: string, to: string) => to;
export const fileURLToPath = (url: string) => url;
export const basename = (path: string) => path.slice(path.lastIndexOf('/') + 1);

export function createHash(algorithm: string) {
  let hex = '';
  const hash = {
    update(bytes: Uint8Array) {
      hex += Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return hash;
    },
    digest: () => ask<string>(algorithm, hex),
  };
  return hash;
}

export function format(text: string, ...values: unknown[]): string {
  let next = 0;
  return text.replace(/%[sdifj]/g, (place) => (next < values.length ? String(values[next++]) : place));
}

export const sep = '/';
export const env = {};
export const platform = 'browser';
export const types = {};

/** sharp, whose results some tests compare with. */
export default function sharp(): never {
  throw new NotInTheBrowser('sharp, which the result is compared with, runs in Node only');
}
