import { symmetricEigenvalues } from '../../src/diagnostics/symmetricEigenvalues';
import { normalRows } from '../evaluation/support';

const ascending = (values: number[]) => [...values].sort((a, b) => a - b);

function expectEigenvalues(matrix: number[][], expected: number[]) {
  const actual = ascending(symmetricEigenvalues(matrix.map((row) => Float64Array.from(row))));
  expect(actual).toHaveLength(expected.length);
  ascending(expected).forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 9);
  });
}

test.each([1, 2, 3, 10, 60])('knows the path of %i nodes: 2 - 2 cos(π k / (n + 1))', (n) => {
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
  );
  expectEigenvalues(
    matrix,
    matrix.map((_, k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1))),
  );
});

test.each([2, 5, 33])('knows the circulant matrix of %i nodes, which is full', (n) => {
  const entry = (distance: number) => Math.min(distance, n - distance) ** 2;
  const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry((i - j + n) % n)));
  const eigenvalue = (k: number) =>
    matrix[0].reduce((sum, _, j) => sum + entry(j) * Math.cos((2 * Math.PI * j * k) / n), 0);
  expectEigenvalues(
    matrix,
    matrix.map((_, k) => eigenvalue(k)),
  );
});

test('keeps multiple eigenvalues and zeros', () => {
  const ones = Array.from({ length: 6 }, () => Array(6).fill(1));
  expectEigenvalues(ones, [6, 0, 0, 0, 0, 0]);
  expectEigenvalues(
    ones.map((row) => row.map(() => 0)),
    [0, 0, 0, 0, 0, 0],
  );
});

test('of a random matrix has its trace and that of its square', () => {
  const half = normalRows('eigen', 25, 25);
  const matrix = half.map((row, i) => row.map((value, j) => value + half[j][i]));
  const values = symmetricEigenvalues(matrix.map((row) => Float64Array.from(row)));
  const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0);
  expect(sum(values)).toBeCloseTo(sum(matrix.map((row, i) => row[i])), 9);
  expect(sum(values.map((value) => value ** 2))).toBeCloseTo(sum(matrix.flat().map((value) => value ** 2)), 8);
});
