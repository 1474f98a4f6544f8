import { type CueConflictDecision, cueConflictClasses, shapeBias } from 'tfjs-nonsemantic-negatives/evaluation';

const decide = (shape: string, texture: string, predicted: string): CueConflictDecision => ({
  shape,
  texture,
  predicted,
});

test('is the share of shape among decisions for shape or texture, overall and by shape class', () => {
  const result = shapeBias([
    decide('cat', 'dog', 'cat'),
    decide('cat', 'dog', 'dog'),
    decide('cat', 'car', 'dog'),
    decide('cat', 'car', 'cat'),
    decide('dog', 'cat', 'cat'),
    decide('cat', 'cat', 'cat'),
    decide('car', 'cat', 'dog'),
  ]);
  expect(result).toEqual({
    shapeBias: 0.5,
    shape: 2,
    texture: 2,
    other: 2,
    perClass: {
      car: { shapeBias: NaN, shape: 0, texture: 0, other: 1 },
      cat: { shapeBias: 2 / 3, shape: 2, texture: 1, other: 1 },
      dog: { shapeBias: 0, shape: 0, texture: 1, other: 0 },
    },
    classMean: 1 / 3,
    withoutConflict: 1,
  });
});

test('takes class numbers, and is not defined without decisions', () => {
  expect(shapeBias([{ shape: 0, texture: 1, predicted: 0 }]).shapeBias).toBe(1);
  expect(shapeBias([])).toEqual({
    shapeBias: NaN,
    shape: 0,
    texture: 0,
    other: 0,
    perClass: {},
    classMean: NaN,
    withoutConflict: 0,
  });
});

test('reads the two classes in a file name', () => {
  expect(cueConflictClasses('cue-conflict/airplane/airplane1-bicycle2.jpg')).toEqual({
    shape: 'airplane',
    texture: 'bicycle',
  });
  expect(cueConflictClasses('cat7-bottle3.png')).toEqual({ shape: 'cat', texture: 'bottle' });
  expect(() => cueConflictClasses('cat.png')).toThrow('Expected a name such as cat7-bottle3.png for input path');
});

test('refuses an incomplete decision', () => {
  expect(() => shapeBias([{ shape: 'cat', texture: 'dog' } as CueConflictDecision])).toThrow(
    'Expected the name or number of a class for input decisions[0].predicted, received undefined.',
  );
});
