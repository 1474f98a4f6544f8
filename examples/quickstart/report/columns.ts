import type { Measures } from '../measure';
import type { RunRecord } from '../record';

/** One measure: a column of the table, and a group of bars. */
export interface Column {
  family: Family;
  /** The column's name within its family, such as "@10" or "OpenMoji color". */
  name: string;
  /** The measure's share, between 0 and 1, for each set of features in turn; NaN where it is missing. */
  values: number[];
}

export const families = ['Recall from one view', 'Group by nearest neighbors', 'Recall across renderings'] as const;
export type Family = (typeof families)[number];

/** The sets of features in the order they are shown: what was trained, then the baselines. */
export function featuresOf({ trainings, measures }: RunRecord): string[] {
  const trained = trainings.map(({ name }) => name).filter((name) => name in measures);
  return [...trained, ...Object.keys(measures).filter((name) => !trained.includes(name))];
}

/** The measures of a run; those that no set of features has are left out. */
export function columnsOf(record: RunRecord): Column[] {
  const rows = featuresOf(record).map((name) => record.measures[name]);
  const column = (family: Family, name: string, read: (row: Measures) => number | undefined): Column => ({
    family,
    name,
    // metrics.json holds null for a figure that JSON cannot express.
    values: rows.map((row) => read(row) ?? Number.NaN),
  });
  const [view, group, across] = families;
  const groupDomains = namesIn(rows.map((row) => row.knnOfGroup));
  const shiftedDomains = namesIn(rows.map((row) => row.recallAcross));
  return [
    column(view, '@1', (row) => row.recallFromView.at1),
    column(view, '@10', (row) => row.recallFromView.at10),
    ...groupDomains.map((domain) => column(group, domain, (row) => row.knnOfGroup[domain])),
    ...shiftedDomains.flatMap((domain) => [
      column(across, `${domain} @1`, (row) => row.recallAcross[domain]?.at1),
      column(across, `${domain} @10`, (row) => row.recallAcross[domain]?.at10),
    ]),
  ].filter(({ values }) => values.some(Number.isFinite));
}

const namesIn = (objects: object[]): string[] => [...new Set(objects.flatMap(Object.keys))];
