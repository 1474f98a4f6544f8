import type * as tf from '@tensorflow/tfjs-core';
import { checkFiniteValues } from '../support/checkFinite';
import { checkEmbeddings } from './checkEmbeddings';
import { symmetricEigenvalues } from './symmetricEigenvalues';

/**
 * Measures the effective rank of the matrix of embeddings (Roy & Vetterli 2007; RankMe, Garrido et al. 2023): exp of
 * the entropy of its singular values σ, p_k = σ_k / Σσ.
 *
 * It is D (or N, if less) where all directions are used alike, and 1 where all rows are multiples of one vector. It is
 * computed in double precision outside the backend, in time N D² + D³: 0.3 s for 10,000 rows of 128 values, 4 s of
 * 512, 5 s for 1,000 rows of 2,048.
 *
 * @param embeddings `[N, D]`, neither centered nor normalized. All zeros give 0.
 * @throws ArgumentError if `embeddings` is not a matrix of finite numbers.
 */
export async function effectiveRank(embeddings: tf.Tensor2D): Promise<number> {
  const [rows, columns] = checkEmbeddings('embeddings', embeddings).shape;
  const values = await embeddings.data();
  checkFiniteValues('input embeddings', values, columns);
  const at = (i: number, j: number) => values[i * columns + j];
  // X Xᵀ and Xᵀ X have the same eigenvalues above 0: the squares of the singular values of X.
  const products = rows < columns ? gram(rows, columns, at) : gram(columns, rows, (i, place) => at(place, i));
  const singular = symmetricEigenvalues(products).map((eigenvalue) => Math.sqrt(Math.max(eigenvalue, 0)));
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const shares = singular.map((value) => value / total).filter((share) => share > 0);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

/** Computes the inner products of `count` vectors of `length` values with each other. */
function gram(count: number, length: number, at: (vector: number, place: number) => number): Float64Array[] {
  const vectors = Array.from({ length: count }, (_, i) => Float64Array.from({ length }, (_, place) => at(i, place)));
  const products = vectors.map(() => new Float64Array(count));
  vectors.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const b = vectors[j];
      let product = 0;
      for (let place = 0; place < length; place++) product += a[place] * b[place];
      products[i][j] = product;
      products[j][i] = product;
    }
  });
  return products;
}
