import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../support/files';
import { rounded } from '../support/runFiles';
import type { DataName } from './data';

/** One finished run; shares are rounded to 1e-4. */
export interface SmallNetRun {
  data: DataName;
  net: string;
  arm: string;
  seed: number;
  /** kNN accuracy of the features below the projection head. */
  untrained: number;
  trained: number;
  /** `embeddingStd` of the encoder's output on test images, as a share of 1/√D. */
  spread: number;
  contrastiveAccuracy: number;
}

export const resultsPath = 'examples/reproduce/results/small-nets.json';

export async function readRuns(): Promise<SmallNetRun[]> {
  return JSON.parse(await readFile(resultsPath, 'utf8').catch(() => '[]'));
}

/** Adds a run to the file, one a line. */
export async function addRun(run: SmallNetRun): Promise<void> {
  const lines = [...(await readRuns()), run].map((one) => JSON.stringify(one, rounded(4)));
  await writeWhole(resultsPath, `[\n${lines.join(',\n')}\n]\n`);
}
