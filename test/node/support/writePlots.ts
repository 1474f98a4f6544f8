// Draws every plot of examples/support/report on made-up results into a folder: node --import tsx writePlots.ts DIR
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, type SimilaritySummary } from 'tfjs-nonsemantic-negatives';
import { type CorruptionReport, shapeBias } from 'tfjs-nonsemantic-negatives/evaluation';
import {
  embeddingPlot,
  mapEmbeddings,
  reliabilityPlot,
  shapeBiasPlot,
  similarityPlot,
} from '../../../examples/support/report';

const random = randomStream('plots');
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const classes = ['airplane', 'cat & dog', 'ship'];

function report(strength: number): CorruptionReport {
  const rows = (['fog', 'contrast'] as const).map((kind, i) => {
    const severities = [1, 2, 3, 4, 5].map((severity) => [severity, 0.7 - (0.09 + 0.02 * i) * severity * strength]);
    return { kind, ...Object.fromEntries(severities), mean: 0.4 };
  });
  return { clean: 0.7, rows, mean: 0.4 };
}

const decisions = (share: number) =>
  Array.from({ length: 120 }, (_, i) => {
    const [shape, texture] = [classes[i % 3], classes[(i + 1) % 3]];
    return { shape, texture, predicted: random() < share ? shape : texture };
  });

const histogram = (mean: number, deviation: number) => {
  const shares = Array.from({ length: 40 }, (_, i) => Math.exp(-(((-0.975 + i / 20 - mean) / deviation) ** 2) / 2));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
};
const means = { key: 0.8, queue: 0.02, negative_0: 0.45 };
const statistics: SimilaritySummary = {
  rows: Object.entries(means).map(([kind, mean]) => ({
    kind: kind as keyof typeof means,
    mean,
    count: 64,
    standardDeviation: 0.2,
    q05: mean - 0.3,
    q25: mean - 0.13,
    median: mean,
    q75: mean + 0.13,
    q95: mean + 0.3,
  })),
  histograms: { key: histogram(0.8, 0.1), queue: histogram(0.02, 0.2), negative_0: histogram(0.45, 0.15) },
};

/** Three clouds in eight dimensions, one after the other. */
const labels = Array.from({ length: 90 }, (_, i) => classes[Math.floor(i / 30)]);
const features = labels.map((label) =>
  Array.from({ length: 8 }, (_, j) => 4 * Number(classes.indexOf(label) === j) + 0.5 * normal()),
);
const maps = {
  pca: mapEmbeddings(features, { method: 'pca' }),
  umap: mapEmbeddings(features, { seed: 1 }),
  umapAgain: mapEmbeddings(features, { seed: 1 }),
  umapOther: mapEmbeddings(features, { seed: 2 }),
};

const [, , dir] = process.argv;
const plots = {
  reliability: reliabilityPlot({ 'MoCo v2': report(1), '+ patches': report(0.7) }),
  'shape-bias': shapeBiasPlot({ 'MoCo v2': shapeBias(decisions(0.2)), '+ patches': shapeBias(decisions(0.5)) }),
  similarities: similarityPlot(statistics, { names: { negative_0: 'to <patches>' } }),
  pca: embeddingPlot(maps.pca, labels, 'Principal components'),
  umap: embeddingPlot(maps.umap, labels, 'UMAP'),
};
for (const [name, svg] of Object.entries(plots)) writeFileSync(join(dir, `${name}.svg`), svg);
writeFileSync(join(dir, 'maps.json'), JSON.stringify({ labels, features, ...maps }));
