import type { RunRecord } from './record';

/** Prints the measures as a table, a row for each set of features. */
export function printMeasures({ measures }: RunRecord): void {
  const table = Object.fromEntries(
    Object.entries(measures).map(([features, { recallFromView, knnOfGroup, recallAcross }]) => [
      features,
      {
        'recall@1': percent(recallFromView.at1),
        'recall@10': percent(recallFromView.at10),
        ...Object.fromEntries(Object.entries(knnOfGroup).map(([domain, top1]) => [`kNN ${domain}`, percent(top1)])),
        ...Object.fromEntries(
          Object.entries(recallAcross).map(([domain, { at10 }]) => [`@10 from ${domain}`, percent(at10)]),
        ),
      },
    ]),
  );
  console.table(table);
}

const percent = (share: number) => Math.round(share * 1000) / 10;
