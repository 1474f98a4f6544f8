import * as tf from '@tensorflow/tfjs-core';

/** Up to this size of a tensor, starting a kernel costs more than its work. */
export const maxSmallSize = 2 ** 15;

/**
 * Applies one elementwise function to many rows of tensors: as `rows.map((row) => update(...row))`, to the bit, but all
 * rows of small tensors go through it together, end to end in one vector. An encoder has dozens of scales and biases, and
 * an update of several kernels for each of them would cost more than that of its large filters.
 *
 * @param rows The tensors of one row have one shape and type.
 * @param update Gives as many tensors for each row.
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

/** Scales and biases, most of what there is, are vectors already. */
const reshape = (x: tf.Tensor, shape: number[]): tf.Tensor => (shape.length === x.rank ? x : tf.reshape(x, shape));
