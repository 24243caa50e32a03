// `conclave backtest` with other rules than the default ones, as people run it, on recorded forecasts.
import { join } from 'node:path';
import { conclave } from '../support/conclave-cli';
import { describeWithShared } from '../support/shared-data';

interface Report {
  readonly pool: string;
  readonly brier: { readonly overall: number };
  readonly learning: {
    readonly weights: string;
    readonly learntWeights: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly plattInstead: readonly { readonly category: string; readonly outcomes: number }[];
    readonly pool: Readonly<Record<string, { readonly effectiveMembers: number | null }>>;
  };
}

/** The two that answered the same questions on more than one day. */
const MEMBERS = ['pro-high-brave-c1-t1', 'fb-openai-gpt-5-2025-08-07_zero_shot_with_freeze_values'];

describeWithShared('data/forecasts', 'rules of a backtest', (folder) => {
  const backtest = (...more: readonly string[]) =>
    conclave(
      [
        ...['backtest', '--questions', join(folder, 'questions.csv.gz')],
        ...['--forecasts', join(folder, 'forecasts.csv.gz'), '--members', MEMBERS.join(',')],
        ...['--bootstraps', '100', '--evidence', '0', '--json', ...more],
      ],
      { env: process.env, home: folder },
    );
  const report = async (...more: readonly string[]): Promise<Report> => (await backtest(...more)).json();

  it('learn weights by the rule asked for, and none when equal', async () => {
    const equal = await report('--weights', 'equal');
    expect(equal.learning.learntWeights).toEqual({});
    expect(equal.learning.pool.market!.effectiveMembers!).toBeGreaterThan(1);
    const contribution = await report('--weights', 'contribution');
    expect(contribution.learning.learntWeights.market![MEMBERS[1]!]!).toBeGreaterThan(0.5);
    expect(contribution.brier.overall).not.toBe(equal.brier.overall);
  }, 120_000);

  it('say where Platt stands in for isotonic, and pool as asked', async () => {
    const found = await report('--calibrator', 'isotonic', '--pool', 'linear');
    expect(found.pool).toBe('linear');
    expect(found.learning.plattInstead.length).toBeGreaterThan(0);
    for (const { outcomes } of found.learning.plattInstead) expect(outcomes).toBeLessThan(1000);
  }, 120_000);

  it.each([
    ['--weights', 'best', /--weights.*equal, inverse_brier, exponential, contribution, stacked/],
    ['--calibrator', 'magic', /--calibrator.*platt, temperature, isotonic/],
    ['--pool', 'mode', /--pool.*log_odds, linear, median, trimmed_mean/],
  ])(
    'refuse %s %s, naming what is accepted',
    async (flag, value, message) => {
      const refused = await backtest(flag, value);
      expect(refused.code).toBe(2);
      expect(refused.stdout + refused.stderr).toMatch(message);
    },
    60_000,
  );
});
