import type { Random } from 'tfjs-nonsemantic-negatives';
import { between } from './subject';

/*
 * Convolution and pooling from their definition, over any number of spatial axes, in float64 and without a line of tfjs:
 * which input pixel meets which tap of the window in which output pixel. Forward passes and gradients follow from it.
 */

export type Padding = 'same' | 'valid' | number;

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
}

/** Pixels of output and zeros before the input, along an axis. */
function measure({ input, window, stride, dilation }: Axis, pad: Padding): { output: number; before: number } {
  const reach = (window - 1) * dilation + 1;
  if (pad === 'same') {
    const output = Math.ceil(input / stride);
    return { output, before: Math.floor(Math.max((output - 1) * stride + reach - input, 0) / 2) };
  }
  const before = pad === 'valid' ? 0 : pad;
  return { output: Math.floor((input + 2 * before - reach) / stride) + 1, before };
}

export const outputSize = ({ axes, pad }: Geometry): number[] => axes.map((axis) => measure(axis, pad).output);

/** Calls `visit` with the flat numbers of an output pixel, a tap and an input pixel, for each that meet. */
export function visitTaps(geometry: Geometry, visit: (output: number, tap: number, input: number) => void): void {
  const along = geometry.axes.map((axis) => {
    const { output, before } = measure(axis, geometry.pad);
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

/** A geometry with at least one output pixel. */
export function sampleGeometry(random: Random, spatialAxes: number, largest: Largest): Geometry {
  const pad = ['same' as const, 'valid' as const, ...(largest.numericPad ? [between(random, 0, 3)] : [])][
    between(random, 0, largest.numericPad ? 2 : 1)
  ];
  const dilated = largest.dilation > 1 && typeof pad === 'string' && random() < 0.3;
  const axes = Array.from({ length: spatialAxes }, () => {
    const window = between(random, 1, largest.window);
    const dilation = dilated ? between(random, 1, largest.dilation) : 1;
    const smallest = pad === 'same' ? 1 : (window - 1) * dilation + 1 - (pad === 'valid' ? 0 : 2 * pad);
    return {
      input: between(random, Math.max(1, smallest), Math.max(smallest, largest.side)),
      window,
      stride: dilated
        ? 1
        : between(random, 1, largest.gaps === false ? Math.min(window, largest.stride) : largest.stride),
      dilation,
    };
  });
  // tfjs-core gives numeric padding the output of a square window and stride, whatever the second ones are.
  const square =
    typeof pad === 'number' ? axes.map((axis) => ({ ...axes[0], input: Math.max(axis.input, axes[0].window) })) : axes;
  return { batch: between(random, 1, largest.batch), axes: square, pad };
}

export interface Largest {
  batch: number;
  side: number;
  window: number;
  stride: number;
  dilation: number;
  numericPad?: boolean;
  /** Whether a stride may leave pixels out between the windows. @default true */
  gaps?: boolean;
}
