import { summarize } from '../support/statistics';
import type { RelianceRun } from './results';

/** A figure of a run, in percent. */
export interface RelianceMeasure {
  title: string;
  of(run: RelianceRun): number;
}

const recallFrom = (title: string, version: 'silhouettes' | 'edges' | 'textures' | 'patches'): RelianceMeasure => ({
  title,
  of: ({ figures }) => 100 * figures.recall[version]![10].value,
});

/** In the order of the renderings: 3D, color, line art. */
const groupOf =
  (rendering: number) =>
  ({ measures }: RelianceRun) =>
    100 * Object.values(measures.knnOfGroup)[rendering];

/** The columns of the tables. */
export const measures = {
  shape: { title: 'shape over texture', of: ({ figures }: RelianceRun) => 100 * figures.shapeShare!.value },
  silhouettes: recallFrom('@10 from silhouette', 'silhouettes'),
  edges: recallFrom('@10 from edges', 'edges'),
  textures: recallFrom('@10 from texture alone', 'textures'),
  patches: recallFrom('@10 from shuffled patches', 'patches'),
  view: { title: '@10 from one view', of: ({ measures }: RelianceRun) => 100 * measures.recallFromView.at10 },
  group: { title: 'group by kNN', of: groupOf(0) },
  color: { title: 'group, color', of: groupOf(1) },
  lineArt: { title: 'group, line art', of: groupOf(2) },
} satisfies { [name: string]: RelianceMeasure };

const meanOfLast = (metric: string) => (run: RelianceRun) => {
  const last = (run.training?.history ?? []).slice(-3).map((record) => record[metric]);
  return last.length > 0 ? summarize(last).mean : Number.NaN;
};

/** How a training ended: cosines, means over its last three records. */
export const similarities = {
  key: { title: 'to its key', of: meanOfLast('keySimilarity') },
  queue: { title: 'to the queue', of: meanOfLast('queueSimilarity') },
  negative: { title: 'to its negatives', of: meanOfLast('negativeSimilarity') },
} satisfies { [name: string]: RelianceMeasure };
