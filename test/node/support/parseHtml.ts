import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { parseHTML } from 'linkedom';
import { temporaryFolder } from './temporaryFolder';

/** Reads a page into a document. linkedom depends on ES modules, which jest does not load: it is bundled first. */
export function parseHtml(source: string): Document {
  bundle ??= bundleLinkedom();
  return bundle.parseHTML(source).document;
}

type Linkedom = { parseHTML: typeof parseHTML };
let bundle: Linkedom | undefined;

function bundleLinkedom(): Linkedom {
  const outfile = join(temporaryFolder(), 'linkedom.cjs');
  buildSync({
    stdin: { contents: "export { parseHTML } from 'linkedom'", resolveDir: __dirname },
    bundle: true,
    platform: 'node',
    outfile,
    external: ['canvas'],
  });
  return require(outfile);
}
