import { scoreClassification } from '../../../src/evaluation/probes/classification';

test('a classifier that knows only the common class is accurate, but not class-balanced', () => {
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 5, 2];
  expect(
    scoreClassification(
      labels.map(() => 0),
      labels,
    ),
  ).toEqual({
    accuracy: 0.8,
    balancedAccuracy: 1 / 3,
    chance: 1 / 3,
    perClass: { 0: 1, 2: 0, 5: 0 },
  });
});

test('classes predicted but absent do not count', () => {
  expect(scoreClassification([1, 7, 2, 2], [1, 1, 2, 2])).toEqual({
    accuracy: 0.75,
    balancedAccuracy: 0.75,
    chance: 0.5,
    perClass: { 1: 0.5, 2: 1 },
  });
});
