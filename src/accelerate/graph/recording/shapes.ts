import type { Program } from './program';

/*
 * A rehearsal answers with recorded shapes, so what could give another shape must not change unseen. Shapes of
 * arguments and variables are fixed; what else decides on shapes is integers that JavaScript passes, such as the sizes
 * of a slice.
 */

/** Operations that keep something from call to call, or write it elsewhere. */
const stateful =
  /^(Multinomial|Random|StatelessRandom|Parameterized|Print|Write|.*(Summary|Dataset|Iterator|Variable))/;
/** Operations that make as much as they find. */
const shapedByValues =
  /^(Unique|Where$|NonMaxSuppression|Sparse(FillEmptyRows|Reshape)|Ragged|StringSplit|StringNGrams|ListDiff)/;
/** The one of them whose numbers are always as many: a patch has a source for each of its pixels. It is checked. */
const counted = 'RaggedRange';

/** Says why an operation cannot be in a graph; undefined if it can. */
export function refusalOf(name: string): string | undefined {
  if (stateful.test(name)) return `the operation ${name} keeps a state of its own`;
  return shapedByValues.test(name) && name !== counted ? `the shape of ${name} depends on values` : undefined;
}

export const isShapedByValues = (name: string) => shapedByValues.test(name);

const elementwise = new Set(
  (
    'Abs Add AddN AddV2 BitwiseAnd Cast Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Identity Less LessEqual ' +
    'LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul Neg NotEqual Pack Pow RealDiv Select SelectV2 Sign Square ' +
    'SquaredDifference Sub TensorScatterUpdate GatherNd'
  ).split(' '),
);
/** Which inputs are values and not sizes, axes or positions that sizes follow from. */
const valueInputs: Record<string, number[]> = {
  CropAndResize: [0, 1, 2],
  ExpandDims: [0],
  Fill: [1],
  GatherV2: [0, 1],
  OneHot: [0, 2, 3],
  PadV2: [0, 2],
  Reshape: [0],
  ScatterNd: [0, 1],
  Slice: [0, 1],
  Tile: [0],
  Transpose: [0],
  UnsortedSegmentSum: [0, 1],
};

/** Names an operation whose outputs may have another shape if a constant has other integers, or another shape. */
export function shapedReader({ operations }: Program, slot: number, hasOtherShape: boolean): string | undefined {
  const isShaped = (name: string, index: number) => {
    if (name === counted) return false;
    return hasOtherShape || !(elementwise.has(name) || valueInputs[name]?.includes(index));
  };
  return operations.find(({ name, inputs }) =>
    inputs.some((source, k) => source.kind === 'slot' && source.slot === slot && isShaped(name, k)),
  )?.name;
}
