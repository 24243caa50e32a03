// Small chaos runs for every build: real processes, every kind of kill, no violation. The large runs and their
// commands are in docs/operations.md.
import { runChaos } from './run-chaos';

// A run ends by itself, each of its sessions within `minutes`. One that is given up goes on beside the next, and slows
// it, so a machine that is merely busy is left its time.
jest.setTimeout(1_500_000);

test.each([1, 2, 3])(
  'twenty-five sessions survive kills of worker, Postgres, Temporal and provider, seed %i',
  async (seed) => {
    const { resumes, ...report } = await runChaos({
      seed,
      sessions: 25,
      faults: ['worker', 'postgres', 'temporal', 'provider'],
      kills: null,
      minutes: 5,
      hedgeAfterMs: null,
      keep: false,
      say: () => undefined,
    });
    console.info(JSON.stringify(report));
    expect(report.violations).toEqual([]);
    expect(report.void).toBe(false);
    expect(report.hits).toBe(resumes.length);
    expect(report.hits).toBeGreaterThanOrEqual(4);
  },
);
