// What counts as one observation of a record, and what that does to the shrinking of a small watchlist's skill.
import { rankMembers } from '../../domain/track/ranking';
import { recordCluster, skillCluster } from '../../domain/track/record-cluster';

const row = (subject: string, day: number) => ({
  subject,
  resolvedAt: new Date(Date.UTC(2026, 0, 1 + day, 21)).toISOString(),
});

test('the same subject on another day is another observation, and so is another subject on the same day', () => {
  expect(recordCluster(row('equity:AAPL', 0))).toBe(recordCluster(row('equity:AAPL', 0)));
  expect(recordCluster(row('equity:AAPL', 0))).not.toBe(recordCluster(row('equity:AAPL', 1)));
  expect(recordCluster(row('equity:AAPL', 0))).not.toBe(recordCluster(row('equity:MSFT', 0)));
});

test('strikes of one event are one observation', () => {
  expect(recordCluster(row('market:kalshi/KXCPI-26JAN-T3', 0))).toBe(
    recordCluster(row('market:kalshi/KXCPI-26JAN-T4', 0)),
  );
});

test('the skill of a watchlist of five symbols is believed more with every day, not shrunk to a fifth for ever', () => {
  const symbols = ['A', 'B', 'C', 'D', 'E'].map((symbol) => `equity:${symbol}`);
  const skillAfter = (days: number): number => {
    const rows = Array.from({ length: days }, (_, day) =>
      symbols.map((subject) => ({
        cluster: recordCluster(row(subject, day)),
        memberLoss: 0.2,
        meanLoss: 0.25,
      })),
    ).flat();
    return rankMembers([{ member: 'good', rows, costUsd: null }])[0]!.skill;
  };
  expect(skillAfter(4)).toBeCloseTo(0.05 / 2, 9);
  expect(skillAfter(96)).toBeCloseTo(0.05 * (480 / 500), 9);
});

test('bounds on skill count the prices of a fortnight as one, and events as recordCluster does', () => {
  const price = (symbol: string, day: string) =>
    skillCluster({ subject: `equity:${symbol}`, resolvedAt: `${day}T21:00:00.000Z` });
  expect(price('AAPL', '2025-01-06')).toBe(price('BTC-USD', '2025-01-08'));
  expect(price('AAPL', '2025-01-06')).not.toBe(price('AAPL', '2025-01-27'));
  const event = { subject: 'market:kalshi/KX-25JAN-T1', resolvedAt: '2025-01-06T21:00:00.000Z' };
  expect(skillCluster(event)).toBe(recordCluster(event));
});
