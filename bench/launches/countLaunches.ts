import * as tf from '@tensorflow/tfjs-core';
import type { Launch } from './blankDevices';

/** What the launches of one of TensorFlow.js's kernels, by its name, have in common. */
export interface KernelCount {
  launches: number;
  invocations: number;
  /** The most that an invocation of a launch does: multiply-adds of a product; else values that it reads. */
  work: number;
  /** Of the tensors of every launch, each counted once. */
  bytes: number;
}

/** Counts, by kernel, what `step` launches; `collect` has the launches of the step passed to its argument. */
export function countLaunches(
  step: () => void,
  collect: (to: (launch: Launch) => void) => void,
): Map<string, KernelCount> {
  const counts = new Map<string, KernelCount>();
  const engine = tf.engine();
  const { runKernel } = engine;
  let launches: Launch[] = [];
  let depth = 0;
  collect((launch) => launches.push(launch));
  engine.runKernel = function (this: typeof engine, name: string, inputs: tf.NamedTensorMap, attributes?: object) {
    depth++;
    const result = runKernel.call(this, name, inputs, attributes as tf.NamedAttrMap);
    // A kernel composed of others has all their launches.
    if (--depth > 0) return result;
    const products = productsOf(name, inputs, result as tf.Tensor, attributes);
    for (const launch of launches) add(counts, name, launch, products);
    launches = [];
    return result;
  } as typeof runKernel;
  try {
    step();
    return counts;
  } finally {
    engine.runKernel = runKernel;
    collect(() => {});
  }
}

function add(counts: Map<string, KernelCount>, name: string, launch: Launch, products: number): void {
  const count = counts.get(name) ?? { launches: 0, invocations: 0, work: 0, bytes: 0 };
  const { invocations, inputs, output } = launch;
  const values = sum(inputs.map(sizeOf));
  // Of a product's launches, those of one input prepare it, or sum its parts.
  const work = (inputs.length > 1 && products) || values;
  counts.set(name, {
    launches: count.launches + 1,
    invocations: count.invocations + invocations,
    work: Math.max(count.work, Math.ceil(work / invocations)),
    bytes: count.bytes + 4 * (values + sizeOf(output)),
  });
}

const sizeOf = ({ shape }: tf.TensorInfo) => tf.util.sizeFromShape(shape);
const sum = (numbers: number[]) => numbers.reduce((result, number) => result + number, 0);

/** The multiply-adds of a convolution, its gradients or a matrix product; 0 of any other kernel. */
function productsOf(name: string, inputs: tf.NamedTensorMap, result: tf.Tensor, attributes: object = {}): number {
  const { filterShape, transposeA } = attributes as { filterShape?: number[]; transposeA?: boolean };
  if (/MatMul/.test(name)) return sizeOf(result) * (inputs.a.shape.at(transposeA ? -2 : -1) as number);
  if (!/Conv2[dD]/.test(name)) return 0;
  const { shape } = inputs.dy ?? result;
  const positions = tf.util.sizeFromShape(shape.slice(0, -1));
  return positions * tf.util.sizeFromShape(filterShape ?? inputs.filter.shape);
}
