import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../support/errors';

/** What a loss or a metric is called with: a model's own `apply` may return more than a tensor. */
export type Predictions = ReturnType<tfl.LayersModel['apply']>;

/** Names a function as tfjs reads it, `Function.name`, which a minifier would change. */
export function named<F extends (...args: never[]) => unknown>(name: string, f: F): F {
  return Object.defineProperty(f, 'name', { value: name, configurable: true });
}

type Metric = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
type CompileArgs = Parameters<tfl.LayersModel['compile']>[0];

const metricsByName = new Map<string, Metric>();
const losses = new WeakSet<object>();

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

let isCompileExtended = false;

/**
 * Lets `compile` find metrics by name: tfjs has no registry of them, and throws for those of a model that it loads.
 * Labels may have any shape with a loss of this package, which ignores them.
 */
function extendCompile(): void {
  if (isCompileExtended) return;
  isCompileExtended = true;
  const { compile } = tfl.LayersModel.prototype;
  tfl.LayersModel.prototype.compile = function (this: tfl.LayersModel, args: CompileArgs) {
    const { loss, metrics } = args;
    const known = (metric: unknown) => (typeof metric === 'string' && metricsByName.get(metric)) || metric;
    const resolved = Array.isArray(metrics) ? metrics.map(known) : known(metrics);
    const [own, ...others] = typeof loss === 'object' ? Object.values(loss) : [loss];
    const isContrastive = typeof own === 'function' && losses.has(own) && others.length === 0;
    if (isContrastive) refuseClassMetrics(metrics);
    compile.call(this, { ...args, ...(metrics === undefined ? {} : { metrics: resolved as never }) });
    if (isContrastive) Object.assign(this, { feedOutputShapes: [null] });
  };
}

/** @throws ArgumentError for a metric that tfjs knows by name: all of them compare with labels. */
function refuseClassMetrics(metrics: unknown): void {
  const all = typeof metrics === 'object' ? Object.values(metrics ?? {}).flat() : [metrics];
  const meaningless = all.find((metric) => typeof metric === 'string' && !metricsByName.has(metric));
  if (meaningless)
    throw new ArgumentError(
      'option metrics',
      'metrics of similarities',
      `"${meaningless}"`,
      'There are no classes to compare with: contrastiveAccuracy is the share of queries whose key scores highest.',
    );
}
