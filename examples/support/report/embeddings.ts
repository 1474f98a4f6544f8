import * as Plot from '@observablehq/plot';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { UMAP } from 'umap-js';
import { draw } from './plots';
import { principalComponents } from './principalComponents';

export interface EmbeddingMapOptions {
  /** Principal components keep distances as well as two dimensions allow, UMAP keeps neighborhoods. @default 'umap' */
  method?: 'pca' | 'umap';
  /** Seed of UMAP's draws. @default 0 */
  seed?: number;
  /** How many neighbors UMAP looks at. @default 15, or what there are */
  neighbors?: number;
}

/** Places `[N, D]` features on a plane. Start from some hundred to few thousand rows: UMAP is slow beyond. */
export function mapEmbeddings(
  features: readonly (readonly number[])[],
  { method = 'umap', seed = 0, neighbors = Math.min(15, features.length - 1) }: EmbeddingMapOptions = {},
): [number, number][] {
  if (method === 'pca') return principalComponents(features);
  const umap = new UMAP({ nComponents: 2, nNeighbors: neighbors, random: randomStream(seed, 'umap') });
  return umap.fit(features.map((row) => [...row])) as [number, number][];
}

const colors = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  ...['#000000', '#8c564b', '#7f7f7f', '#6a51a3'],
];

/**
 * The map as a picture: one dot a row, colored by class, each class named at the median of its dots.
 *
 * @param classes The class of each row.
 */
export function embeddingPlot(
  places: readonly (readonly [number, number])[],
  classes: readonly string[],
  title = 'Map of the embeddings',
): string {
  const dots = places.map(([x, y], i) => ({ x, y, name: classes[i] }));
  const names = [...new Set(classes)].sort();
  const centers = names.map((name) => {
    const own = dots.filter((dot) => dot.name === name);
    return { name, x: median(own.map(({ x }) => x)), y: median(own.map(({ y }) => y)) };
  });
  const colorOf = ({ name }: { name: string }) => colors[names.indexOf(name) % colors.length];
  return draw(title, [], {
    height: 520,
    marginTop: 40,
    marginLeft: 24,
    x: { axis: null, inset: 10 },
    y: { axis: null, inset: 10 },
    marks: [
      Plot.dot(dots, { x: 'x', y: 'y', r: 2.2, fill: colorOf, fillOpacity: 0.7 }),
      Plot.text(centers, {
        x: 'x',
        y: 'y',
        text: 'name',
        fontSize: 13,
        fontWeight: 600,
        fill: colorOf,
        stroke: '#ffffff',
        strokeWidth: 4,
      }),
    ],
  });
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
