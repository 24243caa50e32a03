// In trouble, what guards money goes first.
import * as fc from 'fast-check';
import { criticalFirst } from '../../domain/outage/critical-first';

it('open positions go before held symbols, and those before new ideas', () => {
  const subjects = ['equity:NEW', 'equity:HELD', 'equity:ALSO', 'equity:OPEN'];
  const concerns = { open: new Set(['equity:OPEN']), held: new Set(['equity:HELD', 'equity:OPEN']) };
  expect(criticalFirst(subjects, concerns)).toEqual([
    'equity:OPEN',
    'equity:HELD',
    'equity:NEW',
    'equity:ALSO',
  ]);
});

it('nothing is lost or doubled, and among equals the given order stays', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(names, fc.array(fc.nat(11)), fc.array(fc.nat(11)), (subjects, open, held) => {
      const chosen = (places: readonly number[]) => new Set(places.flatMap((at) => subjects[at] ?? []));
      const concerns = { open: chosen(open), held: chosen(held) };
      const sorted = criticalFirst(subjects, concerns);
      expect([...sorted].sort()).toEqual([...subjects].sort());
      const rank = (one: string) => (concerns.open.has(one) ? 0 : concerns.held.has(one) ? 1 : 2);
      for (const [at, one] of sorted.entries()) {
        const next = sorted[at + 1];
        if (next === undefined) continue;
        expect(rank(one)).toBeLessThanOrEqual(rank(next));
        if (rank(one) === rank(next)) expect(subjects.indexOf(one)).toBeLessThan(subjects.indexOf(next));
      }
    }),
  );
});
