import { ArgumentError, checkList, checkNames, checkText, describe } from '../../support/errors';
import type { ImageBatches } from '../extractFeatures';
import { type ClassificationScores, scoreClassification } from '../probes/classification';
import type { Classifier } from '../probes/classifiers';
import { forEachLabeledBatch } from './labeledBatches';

/** Options of `textureReliance`. */
export interface TextureRelianceArgs {
  /** Which entry of `xs` holds which version. @default { images: 'image', textures: 'negative_0', patches: 'negative_1' } */
  versions?: { [version: string]: string };

  /** Names of the classes, by label. @default the labels */
  classNames?: readonly string[];
}

/** Accuracies by version and classifier, such as `row.accuracy.textures.plain`. */
export type Accuracies = { [version: string]: { [classifier: string]: number } };

/** What `textureReliance` found. */
export interface TextureRelianceResult {
  /** Over all images. */
  overall: Accuracies;
  /** One entry a class, in the order of the labels. */
  classes: { name: string; accuracy: Accuracies }[];
  /** The classes as flat rows, for `console.table`: `name`, `images plain`, `images nonSemantic`, … */
  rows: { [column: string]: string | number }[];
  /**
   * Pearson's correlation over the classes between the first classifier's accuracy on a version and what the last gains
   * over it on the images; for each version but `images`. Below 0 for textures: classes that texture alone tells apart
   * lose by doing without it. NaN where one of the two is constant.
   */
  gainCorrelation: { [version: string]: number };
}

/**
 * How far each class relies on texture: accuracy by class on images, on textures made of them and on their patches, for
 * one classifier or several, such as one of an encoder trained with and one without non-semantic negatives.
 *
 * @param source Raw images with labels and, under other names in `xs`, their versions: a dataset of batches that went
 *   through `textureNegative()` and `patchNegative()`.
 * @param classifiers By name, the one to compare with first.
 * @throws ArgumentError if a version or the labels are missing, or an option is not as described.
 */
export async function textureReliance(
  source: ImageBatches,
  classifiers: { [name: string]: Classifier },
  options: TextureRelianceArgs = {},
): Promise<TextureRelianceResult> {
  checkNames('textureReliance', options, ['versions', 'classNames']);
  const { versions = { images: 'image', textures: 'negative_0', patches: 'negative_1' }, classNames = [] } = options;
  const functions = typeof classifiers === 'object' && classifiers !== null ? Object.values(classifiers) : [];
  if (functions.length === 0 || !functions.every((classify) => typeof classify === 'function'))
    throw new ArgumentError('input classifiers', 'at least one function by name', describe(classifiers));
  if (!isRecordOfText(versions) || Object.keys(versions).length === 0)
    throw new ArgumentError('option versions', 'names of entries in xs, by version', describe(versions));
  checkList('classNames', classNames, 'names of the classes', () => true, checkText);

  const truth: number[] = [];
  const cells = Object.keys(versions).flatMap((version) =>
    Object.keys(classifiers).map((classifier) => ({ version, classifier, predictions: [] as number[] })),
  );
  await forEachLabeledBatch(source, async ({ images, labels }) => {
    for (const { version, classifier, predictions } of cells) {
      const entry = images[versions[version]];
      if (!entry)
        throw new ArgumentError(
          'option versions',
          `entries of xs (${Object.keys(images).join(', ')})`,
          describe(versions[version]),
        );
      predictions.push(...Array.from(await classifiers[classifier](entry)));
    }
    truth.push(...Array.from(labels));
  });

  const scores = cells.map((cell) => ({ ...cell, scores: scoreClassification(cell.predictions, truth) }));
  const collect = (value: (scores: ClassificationScores) => number): Accuracies => {
    const accuracies: Accuracies = {};
    for (const { version, classifier, scores: own } of scores) {
      accuracies[version] ??= {};
      accuracies[version][classifier] = value(own);
    }
    return accuracies;
  };
  const labels = Object.keys(scores[0].scores.perClass).map(Number);
  const classes = labels.map((label) => ({
    name: classNames[label] ?? String(label),
    accuracy: collect(({ perClass }) => perClass[label]),
  }));
  return {
    overall: collect(({ accuracy }) => accuracy),
    classes,
    rows: classes.map(({ name, accuracy }) => ({
      name,
      ...Object.fromEntries(
        cells.map(({ version, classifier }) => [`${version} ${classifier}`, accuracy[version][classifier]]),
      ),
    })),
    gainCorrelation: correlate(classes, Object.keys(versions), Object.keys(classifiers)),
  };
}

function isRecordOfText(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((name) => typeof name === 'string');
}

function correlate(
  classes: TextureRelianceResult['classes'],
  [images, ...others]: string[],
  classifiers: string[],
): TextureRelianceResult['gainCorrelation'] {
  const [first, last] = [classifiers[0], classifiers[classifiers.length - 1]];
  const gains = classes.map(({ accuracy }) => accuracy[images][last] - accuracy[images][first]);
  return Object.fromEntries(
    others.map((version) => [
      version,
      pearson(
        classes.map(({ accuracy }) => accuracy[version][first]),
        gains,
      ),
    ]),
  );
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const centered = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [x, y] = [centered(a), centered(b)];
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
