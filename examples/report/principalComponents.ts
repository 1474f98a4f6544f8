type Rows = readonly (readonly number[])[];

/** The first two principal components of the rows: their coordinates along the two directions of greatest variance. */
export function principalComponents(rows: Rows): [number, number][] {
  const means = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const centred = rows.map((row) => row.map((value, j) => value - means[j]));
  const first = direction(centred);
  const alongFirst = centred.map((row) => dot(row, first));
  const rest = centred.map((row, i) => row.map((value, j) => value - alongFirst[i] * first[j]));
  const second = direction(rest);
  return rest.map((row, i) => [alongFirst[i], dot(row, second)]);
}

/** The direction of greatest variance, of unit length, by power iteration: v <- X'X v. */
function direction(rows: Rows): number[] {
  // Any start does that is not orthogonal to it.
  let v = unit(rows[0].map((_, j) => 1 + Math.sin(j + 1)));
  for (let i = 0; i < 200; i++) {
    const next = new Array<number>(v.length).fill(0);
    for (const row of rows) {
      const along = dot(row, v);
      for (let j = 0; j < next.length; j++) next[j] += along * row[j];
    }
    v = unit(next);
  }
  return v;
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, j) => sum + value * b[j], 0);

function unit(v: number[]): number[] {
  const length = Math.hypot(...v) || 1;
  return v.map((value) => value / length);
}
