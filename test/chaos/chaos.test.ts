// A small chaos run for every build: real processes, every kind of kill, no violation. The large runs and
// their commands are in docs/operations.md.
import { runChaos } from './run-chaos';

jest.setTimeout(420_000);

test('ten sessions survive kills of worker, Postgres, Temporal and provider without a violation', async () => {
  const report = await runChaos({
    seed: 3,
    sessions: 10,
    faults: ['worker', 'postgres', 'temporal', 'provider'],
    minutes: 5,
    keep: false,
    say: () => undefined,
  });
  console.info(JSON.stringify(report));
  expect(report.violations).toEqual([]);
  expect(report.void).toBe(false);
  expect(report.hits).toBeGreaterThanOrEqual(2);
});
