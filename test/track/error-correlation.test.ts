// How alike members err: nothing can be said of errors that never vary, however their mean was rounded.
import fc from 'fast-check';
import { errorCorrelation } from '../../domain/track/error-correlation';
import { pearson } from '../../domain/track/rank-correlation';

test('constant errors have no correlation', () => {
  const rows = Array.from({ length: 3 }, () => ({ p: [0.1, 0.1], y: 0 as const }));
  expect(errorCorrelation(rows, 2)).toBeNull();
  const side = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(side, fc.integer({ min: 3, max: 3000 }), (value, n) => {
      const constant = new Array<number>(n).fill(value);
      const rising = constant.map((_, i) => i);
      expect(pearson(constant, rising)).toBeNull();
      expect(pearson(rising, constant)).toBeNull();
    }),
  );
});

test('errors that vary by little correlate as others do', () => {
  const small = [1, 2, 4, 3].map((x) => 0.1 + x * 1e-8);
  expect(pearson(small, [1, 2, 4, 3])).toBeCloseTo(1, 6);
});
