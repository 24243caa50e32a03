// What a cascade takes members to cost: nothing that later rounds recorded.
import { type CascadeReport, cascadeReport } from '../../domain/track/backtest-cascade';
import type { BacktestRow } from '../../domain/track/backtest-table';
import type { Walk, WalkedRound } from '../../domain/track/backtest-walk';

const MEMBERS = ['a', 'b', 'c', 'd'];
const NONE = Number.NaN;
type Costs = readonly number[];

const row = (due: string, i: number, costUsd: Costs): BacktestRow => ({
  ...{ rowId: `${due} ${i}`, source: 's', baseId: `${i}`, cluster: `s|${i}`, question: `s|${i}|${due}` },
  ...{
    dueDate: due,
    resolutionDate: '2026-01-01',
    y: i % 2 === 0 ? 1 : 0,
    marketPrice: null,
    duePrice: null,
  },
  ...{ className: 'market', category: 'x', p: [0.6, 0.7, 0.4, 0.8] },
  ...{ silent: [false, false, false, false], costUsd: [...costUsd] },
});

const round = (due: string, costs: readonly Costs[], training: readonly Costs[] = []): WalkedRound =>
  ({
    due,
    training: training.map((each, i) => row('2024-12-01', i, each)),
    rows: costs.map((each, i) => ({ row: row(due, i, each) })),
  }) as unknown as WalkedRound;

const reportOf = (...rounds: readonly WalkedRound[]): CascadeReport =>
  cascadeReport({ rounds, screening: [] } as Walk, MEMBERS, {
    ...{ cheap: 'auto', full: MEMBERS, costShare: 0.5, bootstrap: { resamples: 20, seed: 1 } },
  });

const cheapOf = (report: CascadeReport): readonly (readonly string[])[] =>
  report.rounds.map(({ cheap }) => cheap);

const USUAL: Costs = [1, 2, 3, 10];

test('a price of a later round changes nothing in the rounds before it', () => {
  const of = (later: Costs) =>
    reportOf(round('2025-01-01', [USUAL, USUAL]), round('2025-02-01', [later, later]));
  const [first, dearer] = [of(USUAL), of([50, 2, 3, 10])];
  expect(cheapOf(first)[0]).toEqual(['a', 'b']);
  expect(dearer.rounds[0]).toEqual(first.rounds[0]);
  expect(cheapOf(dearer)[1]).toEqual(['a', 'b']);
});

test('a price counts from the round after the one it was paid in', () => {
  const dear: Costs = [50, 2, 3, 10];
  const rounds = ['2025-01-01', '2025-02-01', '2025-03-01'].map((due, i) =>
    round(due, [i === 1 ? dear : USUAL]),
  );
  expect(cheapOf(reportOf(...rounds))).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['b', 'c'],
  ]);
});

test('a member without earlier costs has its own of the round', () => {
  const before: Costs = [NONE, 2, 3, 10];
  const rounds = [round('2025-01-01', [before]), round('2025-02-01', [[50, 2, 3, 10]])];
  expect(cheapOf(reportOf(...rounds))[1]).toEqual(['b', 'c']);
});

test('a single scored round knows the costs of what had resolved before it', () => {
  const only = round('2025-01-01', [USUAL], [[50, 2, 3, 10]]);
  expect(cheapOf(reportOf(only))).toEqual([['b', 'c']]);
  expect(cheapOf(reportOf(round('2025-01-01', [USUAL])))).toEqual([['a', 'b']]);
});

test('a question without a recorded cost is charged what the member cost before', () => {
  const rounds = [round('2025-01-01', [USUAL]), round('2025-02-01', [[NONE, NONE, 30, 100]])];
  expect(reportOf(...rounds).fullCostUsd).toBe(16 + 1 + 2 + 30 + 100);
});
