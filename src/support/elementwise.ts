import * as tf from '@tensorflow/tfjs-core';

/** Up to this size of a tensor, starting a kernel costs more than its work. */
export const maxSmallSize = 2 ** 15;

/**
 * Applies an elementwise function to rows of tensors: `rows.map((row) => update(...row))`, to the bit.
 *
 * Small tensors are packed into one vector. An encoder has dozens of scales and biases, whose updates would take more
 * kernels than those of its large filters.
 *
 * @param rows Tensors of one shape and type each.
 * @param update Returns the same number of tensors for each row.
 */
export function updateElementwise<Operands extends tf.Tensor[], Results extends tf.Tensor[]>(
  rows: readonly Operands[],
  update: (...operands: Operands) => Results,
): Results[] {
  const isSmall = ([first]: Operands) => first.size <= maxSmallSize;
  const packed = rows.filter(isSmall);
  if (packed.length < 2) return rows.map((row) => update(...row));

  const columns = packed[0].map((_, column) =>
    tf.concat1d(packed.map((row) => reshape(row[column], [row[column].size]) as tf.Tensor1D)),
  );
  const sizes = packed.map(([first]) => first.size);
  const results = update(...(columns as Operands)).map((vector) => tf.split(vector, sizes));
  let next = 0;
  return rows.map((row) => {
    if (!isSmall(row)) return update(...row);
    const place = next++;
    return results.map((parts) => reshape(parts[place], row[0].shape)) as Results;
  });
}

/** Scales and biases, most of the rows, are vectors already. */
const reshape = (x: tf.Tensor, shape: number[]): tf.Tensor => (shape.length === x.rank ? x : tf.reshape(x, shape));
