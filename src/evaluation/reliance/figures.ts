import type { Figure } from './bootstrap';
import type { CueImages } from './cues';

/** The versions from which pictures are sought. */
export const searchedVersions: readonly SearchedVersion[] = ['silhouettes', 'edges', 'textures', 'patches'];

/** A version by which pictures are searched. */
export type SearchedVersion = 'silhouettes' | 'edges' | 'textures' | 'patches';

/** What an encoder relies on; figures of versions that were not made are missing. */
export interface RelianceFigures {
  /** Share of the cue conflicts that lie nearer to the picture of their shape than to that of their texture. */
  shapeShare?: Figure;
  /** Share of the concepts whose picture is among the k most similar to their version: `recall.silhouettes[10]`. */
  recall: { [version in SearchedVersion]?: { [k: number]: Figure } };
}

/** The figures of one class. */
export interface ClassReliance extends RelianceFigures {
  /** The name of the class. */
  name: string;
  /** Concepts of the class that were measured. */
  concepts: number;
}

/** The figures of one encoder, of all concepts and by class. */
export interface EncoderReliance extends RelianceFigures {
  /** Of each class's concepts; cue conflicts count for the class of their shape. Empty without labels. */
  classes: ClassReliance[];
  /** For each of `cues.pairs` 1 if it was taken for its shape, 0 if for its texture, 1/2 if for neither. */
  decisions?: number[];
}

/** What `reliance` found: plain numbers, shares in 0 … 1. */
export interface RelianceResult {
  /** Concepts measured: also the size of the gallery in which pictures are sought. */
  concepts: number;
  /** Cue conflicts measured. */
  conflicts: number;
  /** Pictures left out, with the reason. */
  skipped: CueImages['skipped'];
  /** The figures of each encoder, by name. */
  encoders: { [name: string]: EncoderReliance };
  /** Each encoder but the first, less the first: intervals of the paired difference, chance 0. */
  differences: { [name: string]: RelianceFigures };
  /** One row a figure, for `console.table`: its name, each encoder's value, and chance. */
  rows: { [column: string]: string | number }[];
}

/** What one encoder did with each cue image. */
export interface Observations {
  /** By version, the place of each concept's own picture among all, from 1. */
  ranks: { [version in SearchedVersion]?: number[] };
  decisions?: number[];
}
