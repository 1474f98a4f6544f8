import { corruption } from './corruption';
import { boxMap, mapAxes } from './separable';

/** Shrinks the image by a factor and enlarges it again, both by a box filter. */
export const pixelate = corruption(
  {
    32: [0.95, 0.9, 0.85, 0.75, 0.65],
    64: [0.9, 0.8, 0.7, 0.6, 0.5],
    224: [0.6, 0.5, 0.4, 0.3, 0.25],
  },
  (images, factor) => {
    const [, height, width] = images.shape;
    const [h, w] = [height, width].map((side) => Math.max(1, Math.floor(side * factor)));
    const small = mapAxes(images, boxMap(h, height), boxMap(w, width));
    return mapAxes(small, boxMap(height, h), boxMap(width, w));
  },
);
