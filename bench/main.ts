/**
 * Measures this package against PyTorch and against tfjs as it is shipped, and writes a table to bench/results:
 *
 *     npm run bench -- [--quick] [--only PART]… [--cores N] [--rounds N] [--gpu] [--textures FOLDER]
 *     npm run bench -- --pages    writes the figures of docs/graph.md and the README from the committed results
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine, refuse, usageOf } from '../examples/support/commandLine';
import { gpu } from './gpu';
import { writePages } from './pages';
import { graphs } from './pairs/graph';
import { growth } from './pairs/growth';
import { loss } from './pairs/loss';
import { memories } from './pairs/memory';
import { patches } from './pairs/patches';
import { pipeline } from './pairs/pipeline';
import { steps } from './pairs/step';
import { views } from './pairs/views';
import { wasm } from './pairs/wasm';
import { compare, type Result } from './support/compare';
import { describeMachine, prepareMachine } from './support/machine';
import type { Context, Section } from './support/section';
import { contestantTable, ratioTable } from './support/table';

const { values: options } = readCommandLine(usageOf(import.meta.url), {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  cores: { type: 'string' },
  rounds: { type: 'string' },
  gpu: { type: 'boolean', default: false },
  textures: { type: 'string' },
  pages: { type: 'boolean', default: false },
});

const comparisons = [...steps, ...graphs, loss, patches, views, wasm, ...memories];
const studies = { growth, pipeline };
const names = [...comparisons.map(({ name }) => name), ...Object.keys(studies)];
const chosen = (name: string) => options.only?.some((part) => name.startsWith(part)) ?? true;
if (!names.some(chosen)) refuse(`Expected one of ${names.join(', ')} for --only, received ${options.only}.`);

const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
const save = (name: string, content: string) => writeFileSync(join(results, name), content);

if (options.pages) {
  await writePages();
} else if (options.gpu) {
  const report = await gpu(options.quick ? 0.2 : 3);
  save('gpu.md', report);
  console.log(report);
} else if (options.textures !== undefined) {
  // A separate bench: see the comment at its top.
  process.argv.splice(2, Number.POSITIVE_INFINITY, options.textures);
  await import('./textures/main');
} else {
  await bench();
}

async function bench(): Promise<void> {
  const machine = prepareMachine(options.cores ? Number(options.cores) : undefined);
  const about = describeMachine(machine);
  const rounds = Number(options.rounds ?? (options.quick ? 3 : 7));
  const context: Context = { machine, quick: options.quick, rounds, save };

  const compared: Result[] = [];
  const sections: Record<string, Section> = {};
  // A part that fails keeps the others and what was measured before it.
  const measure = async (name: string, part: () => Promise<void>) => {
    if (!chosen(name)) return;
    console.log(`${name} …`);
    await part().catch(({ message }: Error) => {
      sections[name] = { title: name, markdown: `Failed: ${message}\n`, data: { failed: message } };
    });
    report(about, compared, sections);
  };
  for (const comparison of comparisons)
    await measure(comparison.name, async () => void compared.push(await compare(comparison, machine, rounds)));
  for (const [name, study] of Object.entries(studies))
    await measure(name, async () => {
      sections[name] = await study(context);
    });
  console.log(`\n${report(about, compared, sections)}`);
}

/** Writes the results so far. */
function report(
  about: Record<string, unknown>,
  compared: readonly Result[],
  sections: Record<string, Section>,
): string {
  const facts = Object.entries(about).map(([key, value]) => `${key}: ${value}`);
  const markdown = [
    '# Bench results\n',
    `${facts.join(' · ')}\n`,
    ...(compared.length > 0 ? ['## Beside the goals\n', ratioTable(compared)] : []),
    ...compared.flatMap((result) => [`## ${result.title}\n`, contestantTable(result)]),
    ...Object.values(sections).flatMap(({ title, markdown }) => [`## ${title}\n`, markdown]),
  ].join('\n');
  const studied = Object.fromEntries(Object.entries(sections).map(([name, { data }]) => [name, data]));
  // A single part does not overwrite the full report, nor does one core overwrite the figures of all.
  const cores = options.cores ? [`cores-${options.cores}`] : [];
  const file = ['bench', ...(options.only ?? []), ...cores].join('-');
  save(`${file}.md`, markdown);
  save(`${file}.json`, `${JSON.stringify({ about, compared, ...studied }, null, 1)}\n`);
  return markdown;
}
