/**
 * Writes the GLSL of `withoutPadding(texel)` for an output `[N, H, W, C]`: zeros beyond the last pixel of a line and
 * the last channel.
 */
export const withoutPadding = ([, , width, channels]: number[]): string => `
  vec4 withoutPadding(vec4 texel) {
    ivec4 place = getOutputCoords();
    vec2 columns = vec2(1, place.w + 1 < ${channels});
    return texel * vec4(columns, place.z + 1 < ${width} ? columns : vec2(0));
  }`;
