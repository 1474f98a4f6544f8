import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../support/errors';

/** What a loss or a metric is called with: a model's own `apply` may return more than a tensor. */
export type Predictions = ReturnType<tfl.LayersModel['apply']>;

/** Names a function as tfjs reads it, `Function.name`, which a minifier would change. */
export function named<F extends (...args: never[]) => unknown>(name: string, f: F): F {
  return Object.defineProperty(f, 'name', { value: name, configurable: true });
}

type Metric = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
type Losses = { readonly [output: string | number]: unknown };
type CompileArgs = Parameters<tfl.LayersModel['compile']>[0];

const metricsByName = new Map<string, Metric>();
const losses = new WeakSet<object>();
const contrastiveLayers = new WeakSet<object>();

/** Makes a metric known by its name: a model that was saved with its optimizer names its metrics. */
/* @__NO_SIDE_EFFECTS__ */
export function registerMetric<F extends Metric>(name: string, metric: F): F {
  extendCompile();
  metricsByName.set(name, metric);
  return named(name, metric);
}

/** Names a loss for which class metrics such as accuracy have no meaning. */
export function registerLoss<F extends (...args: never[]) => unknown>(name: string, loss: F): F {
  extendCompile();
  losses.add(loss);
  return named(name, loss);
}

/** Notes a layer whose outputs have no labels to compare with. */
export function registerContrastive(layer: tfl.layers.Layer): void {
  extendCompile();
  contrastiveLayers.add(layer);
}

let isCompileExtended = false;

/**
 * Lets `compile` find metrics by name: tfjs has no registry of them, and throws for those of a model that it loads. For
 * outputs without classes, labels may have any shape, and losses and metrics that compare with labels are refused.
 */
function extendCompile(): void {
  if (isCompileExtended) return;
  isCompileExtended = true;
  const { compile } = tfl.LayersModel.prototype;
  tfl.LayersModel.prototype.compile = function (this: tfl.LayersModel, args: CompileArgs) {
    const { loss, metrics } = args;
    const known = (metric: unknown) => (typeof metric === 'string' && metricsByName.get(metric)) || metric;
    const resolved = Array.isArray(metrics) ? metrics.map(known) : known(metrics);
    const isContrastive = this.outputs.map(({ sourceLayer }, i) => {
      const own = typeof loss === 'object' ? (loss as Losses)[Array.isArray(loss) ? i : this.outputNames[i]] : loss;
      if (!contrastiveLayers.has(sourceLayer)) return losses.has(own as object);
      if (typeof own === 'string') refuse('loss', own, 'see nonSemanticInfoNCE() and nonSemanticByol().');
      return true;
    });
    if (!isContrastive.includes(false)) refuseClassMetrics(metrics);
    compile.call(this, { ...args, ...(metrics === undefined ? {} : { metrics: resolved as never }) });
    const checked = this as unknown as { feedOutputShapes: unknown[] };
    checked.feedOutputShapes = checked.feedOutputShapes.map((shape, i) => (isContrastive[i] ? null : shape));
  };
}

/** @throws ArgumentError for a metric that tfjs knows by name: all of them compare with labels. */
function refuseClassMetrics(metrics: unknown): void {
  const all = typeof metrics === 'object' ? Object.values(metrics ?? {}).flat() : [metrics];
  const meaningless = all.find((metric) => typeof metric === 'string' && !metricsByName.has(metric));
  if (meaningless)
    refuse('metrics', meaningless, 'contrastiveAccuracy is the share of queries whose key scores highest.');
}

function refuse(option: 'loss' | 'metrics', value: string, cure: string): never {
  const expected = `${option === 'loss' ? 'a loss' : 'metrics'} of similarities`;
  throw new ArgumentError(
    `option ${option}`,
    expected,
    describe(value),
    `There are no classes to compare with: ${cure}`,
  );
}
