import type * as tf from '@tensorflow/tfjs-core';
import { checkEmbeddings } from './checkEmbeddings';
import { symmetricEigenvalues } from './symmetricEigenvalues';

/**
 * Computes the effective rank of embeddings (Roy & Vetterli 2007; RankMe, Garrido et al. 2023): `exp(-Σ p_k log p_k)` with
 * the singular values σ and `p_k = σ_k / Σσ`.
 *
 * It is min(N, D) if all directions are used alike, and 1 if all rows are multiples of one vector. The backend is not used:
 * double precision in time N D² + D³ takes 0.3 s for 10,000 rows of 128 values, 4 s for 512 values, and 5 s for 1,000 rows
 * of 2,048.
 *
 * @param embeddings `[N, D]`, neither centered nor normalized. The result is 0 for all zeros, and NaN for values that are
 *   not finite.
 * @throws ArgumentError if `embeddings` is not a matrix.
 */
export async function effectiveRank(embeddings: tf.Tensor2D): Promise<number> {
  const [rows, columns] = checkEmbeddings('embeddings', embeddings).shape;
  const values = await embeddings.data();
  if (!values.every(Number.isFinite)) return Number.NaN;
  const at = (i: number, j: number) => values[i * columns + j];
  // X Xᵀ and Xᵀ X have the same eigenvalues above 0: the squares of the singular values of X.
  const products = rows < columns ? gram(rows, columns, at) : gram(columns, rows, (i, index) => at(index, i));
  const singular = symmetricEigenvalues(products).map((eigenvalue) => Math.sqrt(Math.max(eigenvalue, 0)));
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const shares = singular.map((value) => value / total).filter((share) => share > 0);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

/** Returns the inner products of `count` vectors of `length` values with each other. */
function gram(count: number, length: number, at: (vector: number, index: number) => number): Float64Array[] {
  const vectors = Array.from({ length: count }, (_, i) => Float64Array.from({ length }, (_, index) => at(i, index)));
  const products = vectors.map(() => new Float64Array(count));
  vectors.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const b = vectors[j];
      let product = 0;
      for (let index = 0; index < length; index++) product += a[index] * b[index];
      products[i][j] = product;
      products[j][i] = product;
    }
  });
  return products;
}
