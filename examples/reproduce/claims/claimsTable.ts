import { rewrite } from '../../../tools/sections';
import { readCifar } from '../cifar10/differences';
import { readRuns } from '../reliance/results';
import { table } from '../support/table';
import { readTinyRuns } from '../tiny-imagenet/results';
import { judge } from './judge';

export const reproductionPath = 'docs/reproduction.md';

/** Writes the claims of docs/reproduction.md from the committed results. */
export async function writeClaims(): Promise<void> {
  const results = { cifar: await readCifar(), reliance: await readRuns(), tiny: await readTinyRuns() };
  await rewrite(reproductionPath, { claims: claimTable(judge(results)) });
}

/** Each of the paper's claims: its figure, ours with the number of pairs, and the verdict. */
export function claimTable(judged: ReturnType<typeof judge>): string {
  const rows = judged.map(({ text, paper, figures, verdict }) => [text, paper, figures.join('; '), verdict]);
  return table(['claim', 'paper', 'here (pairs)', 'verdict'], rows, 4);
}
