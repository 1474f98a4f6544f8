import { ArgumentError, describe } from '../../support/errors';
import { custom, list, readOptions, text } from '../../support/options';
import type { ImageBatches } from '../extractFeatures';
import { type ClassificationScores, checkPredictions, scoreClassification } from '../probes/classification';
import type { Classifier } from '../probes/classifiers';
import { type Accuracies, correlateGains } from './gainCorrelation';
import { forEachLabeledBatch } from './labeledBatches';

/** How `textureReliance` reads and names its versions and classes. */
export interface TextureRelianceArgs {
  /** The entry of `xs` for each version. @default { images: 'image', textures: 'negative_0', patches: 'negative_1' } */
  versions?: { [version: string]: string };

  /** Names of the classes, by label. @default the labels */
  classNames?: readonly string[];
}

export const textureRelianceOptions = {
  versions: custom(checkVersions, {
    default: { images: 'image', textures: 'negative_0', patches: 'negative_1' } as { [version: string]: string },
  }),
  classNames: list(text(), 'names of the classes', { default: [] }),
};

/** What `textureReliance` returns. */
export interface TextureRelianceResult {
  /** Over all images. */
  overall: Accuracies;
  /** One entry a class, in the order of the labels. */
  classes: { name: string; accuracy: Accuracies }[];
  /** The classes as flat rows, for `console.table`: `name`, `images plain`, `images nonSemantic`, … */
  rows: { [column: string]: string | number }[];
  /**
   * Pearson's correlation over the classes between the first classifier's accuracy on a version and what the last gains
   * over it on the images; for each version but `images`. Below 0 for textures: classes that texture alone identifies
   * lose most. NaN where one of the two is constant, as with a single class or classifier.
   */
  gainCorrelation: { [version: string]: number };
}

type Classifiers = { [name: string]: Classifier };

/**
 * Measures how far each class relies on texture: accuracy by class on images, on textures made of them and on their
 * patches, for one classifier or several, such as one of an encoder trained with and one without non-semantic
 * negatives.
 *
 * @param source Raw images with labels and, under other names in `xs`, their versions: a dataset of batches that went
 *   through `textureNegative()` and `patchNegative()`.
 * @param classifiers By name, the one to compare with first.
 * @throws ArgumentError if a version or the labels are missing, an image holds NaN, an option is not
 *   as described, or a prediction is not a class number.
 */
export async function textureReliance(
  source: ImageBatches,
  classifiers: { [name: string]: Classifier },
  args: TextureRelianceArgs = {},
): Promise<TextureRelianceResult> {
  const { versions, classNames } = readOptions('textureReliance', args, textureRelianceOptions);
  const cells = await scoreAll(source, checkClassifiers(classifiers), versions);
  const classes = Object.keys(cells[0].scores.perClass).map((label) => ({
    name: classNames[Number(label)] ?? label,
    accuracy: tabulate(cells, ({ perClass }) => perClass[Number(label)]),
  }));
  const flatten = (accuracy: Accuracies) =>
    Object.fromEntries(
      cells.map(({ version, classifier }) => [`${version} ${classifier}`, accuracy[version][classifier]]),
    );
  return {
    overall: tabulate(cells, ({ accuracy }) => accuracy),
    classes,
    rows: classes.map(({ name, accuracy }) => ({ name, ...flatten(accuracy) })),
    gainCorrelation: correlateGains(classes, Object.keys(versions), Object.keys(classifiers)),
  };
}

/** What one classifier scored on one version. */
interface Cell {
  version: string;
  classifier: string;
  scores: ClassificationScores;
}

async function scoreAll(
  source: ImageBatches,
  classifiers: Classifiers,
  versions: { [version: string]: string },
): Promise<Cell[]> {
  const truth: number[][] = [];
  const cells = Object.keys(versions).flatMap((version) =>
    Object.keys(classifiers).map((classifier) => ({ version, classifier, predictions: [] as number[][] })),
  );
  await forEachLabeledBatch(source, async ({ images, labels }) => {
    for (const { version, classifier, predictions } of cells) {
      const name = versions[version];
      if (!Object.hasOwn(images, name))
        throw new ArgumentError('option versions', `entries of xs (${Object.keys(images).join(', ')})`, describe(name));
      const answer = await classifiers[classifier](images[name]);
      predictions.push(checkPredictions(`classifier ${classifier}`, answer, labels.length));
    }
    truth.push([...labels]);
  });
  return cells.map(({ predictions, ...cell }) => ({
    ...cell,
    scores: scoreClassification(predictions.flat(), truth.flat()),
  }));
}

function tabulate(cells: readonly Cell[], value: (scores: ClassificationScores) => number): Accuracies {
  const accuracies: Accuracies = {};
  for (const { version, classifier, scores } of cells) {
    accuracies[version] ??= {};
    accuracies[version][classifier] = value(scores);
  }
  return accuracies;
}

function checkClassifiers(classifiers: Classifiers): Classifiers {
  const functions = typeof classifiers === 'object' && classifiers !== null ? Object.values(classifiers) : [];
  if (functions.length > 0 && functions.every((classify) => typeof classify === 'function')) return classifiers;
  throw new ArgumentError('input classifiers', 'at least one function by name', describe(classifiers));
}

function checkVersions(option: string, value: unknown): { [version: string]: string } {
  const names = typeof value === 'object' && value !== null ? Object.values(value) : [];
  if (names.length > 0 && names.every((name) => typeof name === 'string'))
    return value as { [version: string]: string };
  throw new ArgumentError(`option ${option}`, 'names of entries in xs, by version', describe(value));
}
