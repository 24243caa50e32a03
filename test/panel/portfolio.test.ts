// The portfolio view of a panel: silent analysts are counted, never turned into opinions.
import fc from 'fast-check';
import { extremizedLogOddsPool } from '../../domain/ensemble/pool';
import { type PanelOpinion, panelStatus, portfolioOf, viewOfSubject } from '../../domain/panel/portfolio';

const said = (analyst: string, probability: number, group = 'market'): PanelOpinion => ({
  analyst,
  group,
  status: 'answered',
  failure: null,
  probability,
});
const silent = (analyst: string, status: 'abstained' | 'failed', group = 'market'): PanelOpinion => ({
  analyst,
  group,
  status,
  failure: status === 'failed' ? 'timed_out' : 'no_data',
  probability: null,
});
const view = (opinions: readonly PanelOpinion[], quorum = 1, price: number | null = 0.5) =>
  viewOfSubject({ subject: 'equity:AAPL', price, opinions, quorum, notes: [] });

test('the view is the equally weighted vote of those who answered, whoever else was silent', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.02, max: 0.98, noNaN: true }), { minLength: 1, maxLength: 17 }),
      fc.nat(5),
      fc.nat(5),
      (ps, abstained, failed) => {
        const result = view([
          ...ps.map((p, index) => said(`a${index}`, p)),
          ...Array.from({ length: abstained }, (_unused, index) => silent(`b${index}`, 'abstained')),
          ...Array.from({ length: failed }, (_unused, index) => silent(`c${index}`, 'failed')),
        ]);
        expect(result.probability).toBeCloseTo(extremizedLogOddsPool(ps), 9);
        expect(result).toMatchObject({ answered: ps.length, abstained, failed });
        expect(result.edge).toBeCloseTo(result.probability! - 0.5, 9);
      },
    ),
  );
});

test('below the quorum there is no view, and the view says why', () => {
  const result = view([said('a', 0.8), silent('b', 'failed'), silent('c', 'abstained')], 2);
  expect(result).toMatchObject({ status: 'abstained', probability: null, edge: null, lean: 'none' });
  expect(result.notes).toEqual(['1 of 3 analysts answered, 2 needed']);
});

test('a subject that nobody was asked about abstains', () => {
  expect(view([], 9)).toMatchObject({ status: 'abstained', asked: 0, groups: [] });
  expect(panelStatus([view([], 9), view([said('a', 0.6)])])).toBe('partial');
});

test('each group has a view of its own', () => {
  const { groups } = view([
    said('a', 0.7, 'market'),
    said('b', 0.4, 'personality'),
    silent('c', 'failed', 'personality'),
  ]);
  expect(groups).toMatchObject([
    { group: 'market', asked: 1, answered: 1 },
    { group: 'personality', asked: 2, answered: 1 },
  ]);
  expect(groups[0]!.probability).toBeGreaterThan(0.5);
  expect(groups[1]!.probability).toBeLessThan(0.5);
});

test('the strongest view comes first and silence last', () => {
  const strong = { ...view([said('a', 0.2)]), subject: 'strong' };
  const weak = { ...view([said('a', 0.55)]), subject: 'weak' };
  const none = { ...view([silent('a', 'failed')]), subject: 'none' };
  expect(portfolioOf([none, weak, strong]).map(({ subject }) => subject)).toEqual(['strong', 'weak', 'none']);
});

test('abstaining leaves a panel complete, a failure makes it partial, no view at all makes it abstain', () => {
  expect(panelStatus([view([said('a', 0.6), silent('b', 'abstained')])])).toBe('complete');
  expect(panelStatus([view([said('a', 0.6), silent('b', 'failed')])])).toBe('partial');
  expect(panelStatus([view([silent('b', 'failed')])])).toBe('abstained');
});
