/*
 * Sums over the pixels of images `[N, H, W, C]`: a fragment takes a part of the N H lines.
 */

/** Fragments that keep a large GPU busy; with fewer, what each of them sums is split. */
const busy = 2 ** 15;
/** Pixels that are worth a part of their own. */
const minPixels = 64;
/** Parts at most: one fragment sums them all in the end. */
const maxParts = 256;

/** Splits lines: how many a part has, and how many parts there are. */
export function splitLines(lines: number, width: number, fragments: number): { perPart: number; parts: number } {
  const wanted = Math.min(busy / fragments, (lines * width) / minPixels, maxParts);
  const perPart = Math.ceil(lines / Math.max(1, wanted));
  return { perPart, parts: Math.max(1, Math.ceil(lines / Math.max(1, perPart))) };
}

/**
 * Writes the GLSL that runs `body` for each texel of the lines from `start` to `end`: for the pixels (n, h, w) and (n,
 * h, w + 1), if the line has that one (`hasSecond`).
 */
export const visitTexels = ([, height, width]: number[], body: string): string => `
    for (int line = start; line < end; line++) {
      int n = line / ${height};
      int h = line - n * ${height};
      for (int w = 0; w < ${width}; w += 2) {
        bool hasSecond = w + 1 < ${width};
        ${body}
      }
    }`;
