import fc from 'fast-check';
import { randomStream } from 'tfjs-nonsemantic-negatives';

const take = (count: number, ...key: (number | string)[]) => {
  const random = randomStream(...key);
  return Array.from({ length: count }, random);
};

test('a stream is a function of its key', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 4 }), (key) => {
      expect(take(5, ...key)).toEqual(take(5, ...key));
    }),
    { seed: 1 },
  );
});

test('a stream has the same numbers in every run and on every machine', () => {
  expect(take(3, 0, 0, 0, 'query').map((v) => Math.floor(v * 2 ** 32))).toMatchInlineSnapshot(`
[
  3661659098,
  3737202537,
  287837992,
]
`);
});

test('numbers lie evenly in [0, 1) and do not correlate with the one before', () => {
  const values = take(20000, 'evenness');
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const cells = Array(100).fill(0);
  for (let i = 1; i < values.length; i++) cells[10 * Math.floor(10 * values[i - 1]) + Math.floor(10 * values[i])]++;
  const chiSquare = cells.reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
  expect(chiSquare).toBeLessThan(165); // 99 degrees of freedom: 99 on average, 165 once in 30,000
});

test('neighboring keys give unrelated streams', () => {
  const firsts: number[] = [];
  for (let seed = 0; seed < 20; seed++)
    for (let epoch = 0; epoch < 20; epoch++)
      for (let index = 0; index < 20; index++) firsts.push(randomStream(seed, epoch, index)());
  // 8,000 of 2^32 numbers: the chance of two equal ones is 1 in 135; seed + epoch would give 7,000 of them.
  expect(new Set(firsts).size).toBe(firsts.length);
  const mean = firsts.reduce((sum, v) => sum + v) / firsts.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * firsts.length));
});

test('the parts of a key do not run into each other', () => {
  expect(take(2, 1, 23)).not.toEqual(take(2, 12, 3));
  expect(take(2, 'a', '')).not.toEqual(take(2, 'a'));
});
