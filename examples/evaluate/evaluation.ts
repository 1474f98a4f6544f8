import * as tf from '@tensorflow/tfjs';
import { embeddingStd, patchNegative, textureNegative } from 'tfjs-nonsemantic-negatives';
import {
  type Accuracies,
  type CorruptionReport,
  corruptionReport,
  type EncoderReliance,
  effectiveRank,
  type Features,
  type MaskRule,
  reliance,
  type ShapeBiasResult,
  textureReliance,
  uniformity,
} from 'tfjs-nonsemantic-negatives/evaluation';
import { type ProbeOptions, type Probes, trainProbes } from './classifiers';
import { biasOf, conflictsOf } from './conflicts';
import { classify, type DomainScores, scoreDomain } from './domainScores';
import { computeFeatures, type FeatureSource } from './features';
import type { ImageSet } from './imageSet';

export interface EvaluationOptions extends ProbeOptions {
  /** Images a class of the first domain that are corrupted, and turned into textures and patches. */
  perClass: number;
  /** How objects are separated from their background to measure reliance on shape and texture. @default 'box' */
  mask?: MaskRule;
  /** Called with the next stage. */
  onProgress?: (what: string) => void;
  /** Where the features of whole images come from. @default the encoder */
  featuresOf?: FeatureSource;
}

/** All that is measured of one encoder; plain numbers, shares between 0 and 1. */
export interface Evaluation {
  domains: { [domain: string]: DomainScores };
  /** The linear classifier under corruption. */
  corruption: CorruptionReport;
  /** Of each domain with cue conflicts, by classifier. */
  shapeBias: { [domain: string]: { knn: ShapeBiasResult; linear: ShapeBiasResult } };
  /** The linear classifier on images, on their textures and on their patches: over all, and by class. */
  textureReliance: { overall: Accuracies; classes: { name: string; accuracy: Accuracies }[] };
  /** What the features themselves rely on, by images of the first domain; it takes no classifier. */
  reliance: Omit<EncoderReliance, 'decisions'>;
  /** Of the features of the first domain's images. */
  features: { embeddingStd: number; effectiveRank: number; uniformity: number };
}

/**
 * Measures a frozen encoder's features, on one domain like the training data and on others.
 *
 * @param bank Labeled images that the classifiers are trained on.
 * @param domains What they are tested on; the first, also under corruption, as textures and as patches. A domain whose
 *   files are named as Geirhos et al. name cue conflicts also gives a shape bias.
 */
export async function evaluateEncoder(
  encoder: tf.LayersModel,
  bank: ImageSet,
  domains: readonly ImageSet[],
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { onProgress: progress = () => {}, featuresOf = computeFeatures(encoder) } = options;
  const trained = new Map<string, Probes>();
  const probesFor = async (classes: readonly string[]) => {
    const key = classes.join('/');
    if (!trained.has(key))
      trained.set(key, await trainProbes(encoder, await featuresOf(bank.ofClasses(classes), classes), options));
    return trained.get(key)!;
  };

  const scores: Evaluation['domains'] = {};
  const biases: Evaluation['shapeBias'] = {};
  for (const domain of domains) {
    progress(domain.name);
    const classes = domain.classes.filter((name) => bank.classes.includes(name));
    if (classes.length < 2) throw new Error(`${domain.name} shares fewer than two classes with ${bank.name}.`);
    const probes = await probesFor(classes);
    const images = domain.ofClasses(classes);
    const features = await featuresOf(images, classes);
    const answers = await classify(probes, features, classes);
    scores[domain.name] = scoreDomain(images.classOf, classes, answers, await probes.standardized(features));
    tf.dispose(features);
    const conflicts = conflictsOf(images);
    if (conflicts)
      biases[domain.name] = {
        knn: biasOf(conflicts, classes, answers.knn),
        linear: biasOf(conflicts, classes, answers.linear),
      };
  }

  const [first] = domains;
  const classes = first.classes.filter((name) => bank.classes.includes(name));
  const { classifier: linear } = await probesFor(classes);
  const some = first.ofClasses(classes).perClass(options.perClass);
  progress('corruptions');
  const corruption = await corruptionReport(some.batches(classes), linear);
  progress('textures and patches');
  const versions = some.batches(classes).map(textureNegative()).map(patchNegative());
  const textures = await textureReliance(versions, { linear }, { classNames: classes });
  progress('reliance on shape and texture');
  const { mask = 'box' } = options;
  const relied = await reliance(some.batches(classes), { encoder }, { mask, classNames: classes });
  const { decisions: _, ...figures } = relied.encoders.encoder;
  const features = await featureStatistics(await featuresOf(first.ofClasses(classes), classes));
  for (const probes of trained.values()) probes.dispose();
  return {
    domains: scores,
    corruption,
    shapeBias: biases,
    textureReliance: { overall: textures.overall, classes: textures.classes },
    reliance: figures,
    features,
  };
}

/** Disposes the features. */
async function featureStatistics({ features, labels }: Features): Promise<Evaluation['features']> {
  const statistics = {
    embeddingStd: await embeddingStd(features),
    effectiveRank: await effectiveRank(features),
    uniformity: await uniformity(features),
  };
  tf.dispose([features, labels]);
  return statistics;
}
