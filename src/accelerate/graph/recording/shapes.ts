import type { Program } from './program';

/*
 * A step that is compared receives recorded shapes, so another shape must not come unseen. The shapes of arguments and
 * variables are fixed; other shapes follow from integers that JavaScript passes, such as the sizes of a slice.
 */

/** Matches operations that keep a state between calls, or write elsewhere. */
const stateful =
  /^(Multinomial|Random|StatelessRandom|Parameterized|Print|Write|.*(Summary|Dataset|Iterator|Variable))/;
/** Matches operations whose shape depends on the values of their inputs. */
const shapedByValues =
  /^(Unique|Where$|NonMaxSuppression|Sparse(FillEmptyRows|Reshape)|Ragged|StringSplit|StringNGrams|ListDiff)/;
/** The one of them that is taken: a patch has a source for each pixel, always as many. Its shape is checked. */
const counted = 'RaggedRange';

/** Returns why an operation cannot be in a graph; undefined if it can. */
export function refusalOf(name: string): string | undefined {
  if (stateful.test(name)) return `the operation ${name} keeps a state of its own`;
  return isShapedByValues(name) && name !== counted ? `the shape of ${name} depends on values` : undefined;
}

export const isShapedByValues = (name: string) => shapedByValues.test(name);

const elementwise = new Set(
  (
    'Abs Add AddN AddV2 BitwiseAnd Cast Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Identity Less LessEqual ' +
    'LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul Neg NotEqual Pack Pow RealDiv Select SelectV2 Sign Square ' +
    'SquaredDifference Sub TensorScatterUpdate GatherNd'
  ).split(' '),
);
/** Lists the inputs from whose values no shape follows; sizes and axes are not among them. */
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

/** Names an operation whose shape may change with the integers, or with the shape, of the constant in `slot`. */
export function shapedReader({ operations }: Program, slot: number, hasOtherShape: boolean): string | undefined {
  const isShaped = (name: string, index: number) =>
    name !== counted && (hasOtherShape || !(elementwise.has(name) || valueInputs[name]?.includes(index)));
  return operations.find(({ name, inputs }) =>
    inputs.some((source, k) => source.kind === 'slot' && source.slot === slot && isShaped(name, k)),
  )?.name;
}
