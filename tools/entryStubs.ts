import { mkdir, writeFile } from 'node:fs/promises';

/**
 * Writes `NAME/package.json` beside `dist` for each entry `./NAME` of the package.
 *
 * Resolvers that know no `exports` look there: TypeScript's `moduleResolution: node`, Parcel by default.
 */
export async function writeEntryStubs(names: string[]): Promise<void> {
  for (const name of names) {
    const fields = { main: `../dist/${name}.cjs`, module: `../dist/${name}.js`, types: `../dist/${name}.d.ts` };
    await mkdir(name, { recursive: true });
    await writeFile(`${name}/package.json`, JSON.stringify(fields, null, 2) + '\n');
  }
}
