import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Lets a bundler drop the options of whatever a page does not import. esbuild heeds `@__NO_SIDE_EFFECTS__` in the
 * function's own file alone, so that each call is marked here, and it takes a spread for a side effect.
 */
export const pureOptions: Plugin = {
  name: 'pure-options',
  setup({ onLoad }) {
    const calls = new RegExp(`(?<![\\w.]|function )(?:${pureFunctions('src').join('|')})(?:<.*?>)?\\(`, 'g');
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!/support\/options'|encoderArgs'/.test(source)) return undefined;
      return { contents: source.replace(calls, '/* @__PURE__ */ $&').replace(spreads, wrapped), loader: 'ts' };
    });
  },
};

const spreads = /^(export const \w+Options = )(\{[^;]*\s\.\.\.\w+Options[^;]*\});$/gm;
const wrapped = '$1/* @__PURE__ */ (() => ($2))();';

/** The names of the functions under a folder that are annotated as free of side effects. */
function pureFunctions(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const found = readFileSync(join(folder, file), 'utf8').matchAll(
      /@__NO_SIDE_EFFECTS__ \*\/\s+export function (\w+)/g,
    );
    return Array.from(found, ([, name]) => name);
  });
}
