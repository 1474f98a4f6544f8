/** A workgroup takes a row or a part of one, and each of its invocations every 64th value. */
export const lanes = 64;

const overLanes = (name: string, first: string, combine: string) => `
fn ${name}(value : f32) -> f32 {
  workgroupBarrier();
  shares[localIndex] = value;
  workgroupBarrier();
  var reduced = ${first};
  for (var lane = 0; lane < ${lanes}; lane++) {
    reduced = ${combine};
  }
  return reduced;
}
`;

/** Less than any logit that counts, and finite: a difference to -Infinity is none to NaN. */
export const least = '-3.4e38';

/** WGSL of `sumOfRow(value)` and `greatestOfRow(value)`, over the lanes. Every invocation has to call them. */
export const rowReductions = `
var<workgroup> shares : array<f32, ${lanes}>;
${overLanes('sumOfRow', '0.0', 'reduced + shares[lane]')}
${overLanes('greatestOfRow', least, 'max(reduced, shares[lane])')}
`;
