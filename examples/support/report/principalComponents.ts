type Rows = readonly (readonly number[])[];

/** The first two principal components of the rows: their coordinates along the two directions of largest variance. */
export function principalComponents(rows: Rows): [number, number][] {
  const means = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const centered = rows.map((row) => row.map((value, j) => value - means[j]));
  const covariance = means.map((_, i) => means.map((_, j) => centered.reduce((sum, row) => sum + row[i] * row[j], 0)));
  const first = eigenvector(covariance);
  const variance = dot(first, times(covariance, first));
  const second = eigenvector(covariance.map((row, i) => row.map((value, j) => value - variance * first[i] * first[j])));
  return centered.map((row) => [dot(row, first), dot(row, second)]);
}

/** Of the largest eigenvalue of a symmetric matrix, of unit length, by power iteration. */
function eigenvector(matrix: Rows): number[] {
  // Any start works that is not orthogonal to it.
  let v = unit(matrix.map((_, j) => 1 + Math.sin(j + 1)));
  for (let i = 0; i < 2000; i++) v = unit(times(matrix, v));
  return v;
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, j) => sum + value * b[j], 0);
const times = (matrix: Rows, v: readonly number[]) => matrix.map((row) => dot(row, v));

function unit(v: number[]): number[] {
  const length = Math.hypot(...v) || 1;
  return v.map((value) => value / length);
}
