import { waves } from '../support/tensors';

/** The options of the loss. */
export interface Setting {
  temperature: number;
  alpha: number;
  negatives: number;
}

/** Equation 2 as it stands, in float64, and its gradient. */
export function reference(rows: number[][], { temperature, alpha, negatives }: Setting) {
  const columns = rows[0].length;
  const factor = (i: number) => (i < columns - negatives ? 1 : alpha) / temperature;
  const results = rows.map((row) => {
    const logits = row.map((x, i) => factor(i) * x);
    const greatest = Math.max(...logits);
    const sum = logits.reduce((total, x) => total + Math.exp(x - greatest), 0);
    const loss = greatest + Math.log(sum) - logits[0];
    const gradient = logits.map(
      (x, i) => ((Math.exp(x - greatest) / sum - (i === 0 ? 1 : 0)) * factor(i)) / rows.length,
    );
    return { loss, gradient };
  });
  return {
    loss: results.reduce((total, { loss }) => total + loss, 0) / rows.length,
    gradient: results.flatMap(({ gradient }) => gradient),
  };
}

/** Rows of numbers that look random, as float32 has them. */
export const similarities = (rows: number, columns: number, scale = 1) => {
  const values = waves(rows * columns, scale);
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns).map(Math.fround));
};
