import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { writeClaims } from '../claims/claimsTable';
import { chooseArms } from '../support/chooseArms';
import type { StudyArgs } from '../support/studyArgs';
import { arms, usualArms } from './arms';
import { exportPictures } from './export';
import { writePage } from './page';
import { makeRuns } from './runs';

/** Makes the runs that are missing, then writes docs/reliance.md from all that are there; `summary` only writes. */
export async function reproduceReliance(options: StudyArgs): Promise<void> {
  const names = chooseArms(options.arms, Object.keys(arms), usualArms);
  const seeds = (options.seeds ?? '1,2,3,4,5,6,7,8').split(',').map(Number);
  if (!options.summary) {
    const { description } = await chooseBackend(options.backend as BackendName | undefined);
    console.log(description);
    if (options.export) return exportPictures(options.export);
    await makeRuns(names, seeds, description.replace(/^backend: /, ''));
  }
  await writePage();
  await writeClaims();
}
