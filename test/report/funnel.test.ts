// The why-not funnel: each decision counted at every step it passed, from what is stored with it.
import fc from 'fast-check';
import { NO_EDGE, NO_EVIDENCE, NO_PRICE } from '../../domain/ensemble/sizing';
import { type DecisionEnds, decisionFunnel, FUNNEL_STEPS } from '../../domain/report/funnel';

const ends = (changes: Partial<DecisionEnds>): DecisionEnds => ({
  ...{ status: 'decided', asked: true, quorate: true, sized: false, reason: 'Edge is below fees', count: 1 },
  ...changes,
});

const lastStep = (each: DecisionEnds): string | undefined =>
  decisionFunnel([each]).findLast(({ count }) => count > 0)?.step;

test.each([
  ['nobody was asked', { asked: false, quorate: false, status: 'abstained', reason: null }, 'considered'],
  ['too few answered', { quorate: false, status: 'abstained', reason: null }, 'asked'],
  ['the members differed', { status: 'no_consensus', reason: 'No decision to size' }, 'quorum'],
  ['it waits for a person', { status: 'parked' }, 'quorum'],
  ['the deadline passed', { status: 'expired', reason: null }, 'quorum'],
  ['there was no price', { reason: NO_PRICE }, 'agreed'],
  ['nothing was sized', { reason: null }, 'agreed'],
  ['it sides with the price', { reason: NO_EDGE }, 'agreed'],
  ['directions are not proven', { reason: `${NO_EVIDENCE}: evidence 1.2 of 20 needed` }, 'edge'],
  ['fees eat the edge', {}, 'evidence'],
  ['a person approved it', { sized: true, reason: null }, 'sized'],
] as const)('where %s it ends at its step', (_what, changes, step) => {
  expect(lastStep(ends(changes))).toBe(step);
});

test('counts begin with all decisions and never rise', () => {
  const one = fc.record({
    status: fc.constantFrom('decided', 'abstained', 'no_consensus', 'parked', 'expired'),
    ...{ asked: fc.boolean(), quorate: fc.boolean(), sized: fc.boolean() },
    reason: fc.constantFrom(null, NO_PRICE, NO_EDGE, `${NO_EVIDENCE}: x`, 'Bounded by the stake'),
    count: fc.nat(1_000),
  });
  fc.assert(
    fc.property(fc.array(one), (all) => {
      const counts = decisionFunnel(all).map(({ count }) => count);
      expect(counts).toHaveLength(FUNNEL_STEPS.length);
      expect(counts[0]).toBe(all.reduce((sum, { count }) => sum + count, 0));
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      expect(counts.at(-1)).toBe(all.reduce((sum, { sized, count }) => sum + (sized ? count : 0), 0));
    }),
  );
});
