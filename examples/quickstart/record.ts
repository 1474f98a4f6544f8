import type { MetricRecord } from 'tfjs-nonsemantic-negatives';
import type { EncoderReliance, RelianceFigures } from 'tfjs-nonsemantic-negatives/evaluation';
import type { Measures } from './measure';

/** All figures of a run: the content of metrics.json, from which report.html is drawn. */
export interface RunRecord {
  name: string;
  /** When it ended, ISO 8601. */
  date: string;
  /** The line printed at start. */
  backend: string;
  /** What the pictures are, in a few words, such as "emoji, 1,200 to train on, 399 held out". */
  data: string;
  /** The settings of the run, by name. */
  settings: { [name: string]: number | string };
  /** Each training: with non-semantic negatives, and plain MoCo beside it with `--compare`. */
  trainings: Training[];
  /** By features: each training's, those of the untrained encoder, and raw pixels. */
  measures: { [features: string]: Measures };
  /** What the features rely on; missing where it could not be measured. */
  reliance?: Reliance;
}

/** What sets of features rely on. */
export interface Reliance {
  /** Held-out concepts that were measured. */
  concepts: number;
  conflicts: number;
  /** The features that all others are compared with. */
  baseline: string;
  encoders: { [features: string]: Omit<EncoderReliance, 'decisions'> };
  differences: { [features: string]: RelianceFigures };
}

export interface Training {
  /** "with patch negatives" or "plain MoCo". */
  name: string;
  seconds: number;
  imagesPerSecond: number;
  /** Loss, learning rate, contrastiveAccuracy, keySimilarity, queueSimilarity, negativeSimilarity every few steps. */
  history: MetricRecord[];
}

/** Pictures that show what the encoder was given and what it found, as PNG data URIs. */
export interface Gallery {
  /** One image a row: itself, its two views and its negatives. */
  views: { caption: string; image: string; query: string; key: string; negatives: string[] }[];
  /** One query a row and its nearest neighbors among the held-out pictures, nearest first. */
  neighbors: {
    domain: string;
    caption: string;
    image: string;
    nearest: { caption: string; image: string; similarity: number; same: boolean }[];
  }[];
  /** Cue conflicts; none where they could not be made. */
  conflicts?: Conflict[];
  /** Cue conflicts on which the trained features and what they are compared with differ. */
  disputes?: { total: number; conflicts: Conflict[] };
}

/** A picture with the shape of one concept and the texture of another. */
export interface Conflict {
  image: string;
  shape: { caption: string; image: string };
  texture: { caption: string; image: string };
  /** By features, 1 if they take it for its shape, 0 if for its texture, 1/2 if for neither. */
  takenForShape: { [features: string]: number };
}
