/**
 * Computes the eigenvalues of a symmetric matrix, ascending: Householder's reduction to a tridiagonal matrix, then
 * bisection.
 *
 * Source: Golub & Van Loan, sections 8.3.1 and 8.4.1.
 * @param matrix `n` rows of `n` numbers, which are overwritten.
 */
export function symmetricEigenvalues(matrix: Float64Array[]): number[] {
  const { diagonal, offDiagonal } = tridiagonalize(matrix);
  return tridiagonalEigenvalues(diagonal, offDiagonal);
}

/** Reflects each column so that it is 0 below the subdiagonal: A <- H A H with H = I - 2 v vᵀ. */
function tridiagonalize(a: Float64Array[]): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const n = a.length;
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += a[i][k] ** 2;
    norm = Math.sqrt(norm);
    if (norm === 0) continue;
    const head = a[k + 1][k];
    // The sign that adds, so that no digits cancel.
    const subdiagonal = head > 0 ? -norm : norm;
    let length = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i][k] - (i === k + 1 ? subdiagonal : 0);
      length += v[i] ** 2;
    }
    length = Math.sqrt(length);
    for (let i = k + 1; i < n; i++) v[i] /= length;

    // With p = A v and w = p - (vᵀ p) v the product H A H is A - 2 v wᵀ - 2 w vᵀ.
    let inner = 0;
    for (let i = k + 1; i < n; i++) {
      const row = a[i];
      let product = 0;
      for (let j = k + 1; j < n; j++) product += row[j] * v[j];
      w[i] = product;
      inner += product * v[i];
    }
    for (let i = k + 1; i < n; i++) w[i] -= inner * v[i];
    for (let i = k + 1; i < n; i++) {
      const row = a[i];
      for (let j = k + 1; j < n; j++) row[j] -= 2 * (v[i] * w[j] + w[i] * v[j]);
    }
    a[k + 1][k] = subdiagonal;
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a[i][i]),
    offDiagonal: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? a[i + 1][i] : 0)),
  };
}

/**
 * Encloses each eigenvalue by bisection until its interval cannot be halved.
 *
 * By Sylvester's law of inertia, as many eigenvalues lie below x as the elimination of T - x I has negative pivots.
 */
function tridiagonalEigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): number[] {
  const n = diagonal.length;
  const radius = diagonal.reduce(
    (max, value, i) => Math.max(max, Math.abs(value) + Math.abs(offDiagonal[i]) + Math.abs(offDiagonal[i - 1] ?? 0)),
    0,
  );
  const countBelow = (x: number) => {
    let count = 0;
    let pivot = 1;
    for (let i = 0; i < n; i++) {
      const coupling = i === 0 ? 0 : offDiagonal[i - 1] ** 2 / pivot;
      pivot = diagonal[i] - x - coupling;
      // The next one is divided by it: the smallest shift of x makes a 0 this.
      if (pivot === 0) pivot = -Number.EPSILON * radius - Number.MIN_VALUE;
      if (pivot < 0) count++;
    }
    return count;
  };
  return Array.from(diagonal, (_, k) => {
    let [low, high] = [-radius, radius];
    for (;;) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high || high - low < Number.EPSILON * radius) return middle;
      if (countBelow(middle) > k) high = middle;
      else low = middle;
    }
  });
}
