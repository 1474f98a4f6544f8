import type * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, oneOf } from './subject';

/*
 * Convolution and pooling from their definition, over any number of spatial axes, in float64 and without a line of tfjs:
 * which input pixel meets which tap of the window in which output pixel. Forward passes and gradients follow from it.
 */

/** Zeros before and after each spatial axis, or how many there are. */
export type Padding = 'same' | 'valid' | number | [before: number, after: number][];
export type Rounding = 'floor' | 'round' | 'ceil';

/** What happens along one spatial axis. */
export interface Axis {
  input: number;
  window: number;
  stride: number;
  dilation: number;
}

export interface Geometry {
  batch: number;
  axes: Axis[];
  pad: Padding;
  /** How the size of the output is rounded; tfjs takes it with padding in numbers only. */
  rounding?: Rounding;
}

/** Pixels of output and zeros before the input, along an axis. */
function measure({ pad, rounding, axes }: Geometry, place: number): { output: number; before: number } {
  const { input, window, stride, dilation } = axes[place];
  const reach = (window - 1) * dilation + 1;
  if (pad === 'same') {
    const output = Math.ceil(input / stride);
    return { output, before: Math.floor(Math.max((output - 1) * stride + reach - input, 0) / 2) };
  }
  const [before, after] = pad === 'valid' ? [0, 0] : typeof pad === 'number' ? [pad, pad] : pad[place];
  return { output: Math[rounding ?? 'floor']((input + before + after - reach) / stride) + 1, before };
}

export const outputSize = (geometry: Geometry): number[] =>
  geometry.axes.map((_, place) => measure(geometry, place).output);

/** Calls `visit` with the flat numbers of an output pixel, a tap and an input pixel, for each that meet. */
export function visitTaps(geometry: Geometry, visit: (output: number, tap: number, input: number) => void): void {
  const along = geometry.axes.map((axis, place) => {
    const { output, before } = measure(geometry, place);
    const meetings: [number, number, number][] = [];
    for (let i = 0; i < output; i++)
      for (let tap = 0; tap < axis.window; tap++) {
        const pixel = i * axis.stride + tap * axis.dilation - before;
        if (pixel >= 0 && pixel < axis.input) meetings.push([i, tap, pixel]);
      }
    return { meetings, sizes: [output, axis.window, axis.input] };
  });
  const descend = (axis: number, output: number, tap: number, input: number) => {
    if (axis === along.length) return visit(output, tap, input);
    const { meetings, sizes } = along[axis];
    for (const [i, j, k] of meetings)
      descend(axis + 1, output * sizes[0] + i, axis ? tap * sizes[1] + j : j, input * sizes[2] + k);
  };
  for (let n = 0; n < geometry.batch; n++) descend(0, n, 0, n);
}

/** What a geometry may be. */
export interface Limits {
  batch: number;
  side: number;
  window: number;
  stride: number;
  /** @default 1 */
  dilation?: number;
  /** @default the two that have names */
  pads?: readonly ('same' | 'valid' | 'number' | 'explicit')[];
  /** Whether the size of the output is rounded in other ways, where the padding is in numbers. @default false */
  rounding?: boolean;
  /** Whether a stride may leave pixels out between the windows. @default true */
  gaps?: boolean;
}

function samplePadding(random: Random, spatialAxes: number, pads: Limits['pads']): Padding {
  const pad = oneOf(random, pads ?? (['same', 'valid'] as const));
  const zeros = () => between(random, 0, 3);
  if (pad === 'number') return zeros();
  if (pad !== 'explicit') return pad;
  return Array.from({ length: spatialAxes }, (): [number, number] => [zeros(), zeros()]);
}

/** A geometry with at least one output pixel; the batch is empty now and then. */
export function sampleGeometry(random: Random, spatialAxes: number, limits: Limits): Geometry {
  const { dilation: largestDilation = 1, gaps = true } = limits;
  const pad = samplePadding(random, spatialAxes, limits.pads);
  const isDilated = largestDilation > 1 && random() < 0.3;
  const axes = Array.from({ length: spatialAxes }, (_, place) => {
    const window = between(random, 1, limits.window);
    const dilation = isDilated ? between(random, 1, largestDilation) : 1;
    const zeros = typeof pad === 'number' ? 2 * pad : typeof pad === 'string' ? 0 : pad[place][0] + pad[place][1];
    const smallest = pad === 'same' ? 1 : Math.max(1, (window - 1) * dilation + 1 - zeros);
    return {
      input: between(random, smallest, Math.max(smallest, limits.side)),
      window,
      stride: isDilated ? 1 : between(random, 1, gaps ? limits.stride : Math.min(window, limits.stride)),
      dilation,
    };
  });
  const batch = random() < 0.04 ? 0 : between(random, 1, limits.batch);
  const rounding = limits.rounding && typeof pad !== 'string' ? sampleRounding(random) : undefined;
  return { batch, axes, pad, rounding };
}

const sampleRounding = (random: Random): Rounding | undefined =>
  random() < 0.5 ? undefined : oneOf(random, ['floor', 'round', 'ceil']);

/** The geometry as the arguments of tfjs. */
export function toArguments({ axes, pad }: Geometry) {
  const explicit = (zeros: [number, number][]) => [[0, 0], ...zeros, [0, 0]] as tf.backend_util.ExplicitPadding;
  return {
    windows: axes.map(({ window }) => window) as [number, number],
    strides: axes.map(({ stride }) => stride) as [number, number],
    dilations: axes.map(({ dilation }) => dilation) as [number, number],
    pad: typeof pad === 'object' ? explicit(pad) : pad,
  };
}
