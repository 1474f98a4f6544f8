import type { Reliance, RunRecord } from './record';

/** Prints the measures as a table, a row for each set of features. */
export function printMeasures({ measures, reliance }: RunRecord): void {
  if (reliance) printReliance(reliance);
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

/** Prints what is relied on, in percent: a row for each set of features, the last one what chance gives. */
function printReliance({ encoders }: Reliance): void {
  const figuresOf = ({ shapeShare, recall }: Reliance['encoders'][string]) => ({
    ...(shapeShare && { 'shape over texture': shapeShare }),
    ...Object.fromEntries(Object.entries(recall).map(([version, figures]) => [`@10 from ${version}`, figures[10]])),
  });
  const rows = Object.entries(encoders).map(([name, own]) => [name, figuresOf(own)] as const);
  const cells = (figures: ReturnType<typeof figuresOf>, part: 'value' | 'chance') =>
    Object.fromEntries(Object.entries(figures).map(([measure, figure]) => [measure, percent(figure[part])]));
  const [[, first]] = rows;
  console.table({
    ...Object.fromEntries(rows.map(([name, figures]) => [name, cells(figures, 'value')])),
    chance: cells(first, 'chance'),
  });
}
