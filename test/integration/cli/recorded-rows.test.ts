// Decisions over recorded forecasts: the stated formula to 1e-9, with the recorded cost, one after another.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { startDecision } from '../../../client/decisions';
import { readRecorded } from '../../../client/inputs';
import type { DecisionResult } from '../../../workflows/contracts/decision';
import { conclave } from '../../support/conclave-cli';
import { type RunningStack, runningStack } from '../../support/running-stack';
import { describeWithShared } from '../../support/shared-data';

jest.setTimeout(180_000);

const MEMBERS = ['flash-high-brave-c0-t1', 'gpt5-high-brave-c0-t1', 'sonnet-high-brave-c0-t1'];
const ROWS = 20;

interface Recorded {
  readonly p: number;
  /** Micro-dollars of this row's share, null where the cost was not recorded. */
  readonly costMicroUsd: number | null;
}

/** Read here by other means than the product's, so that a shared mistake cannot hide. */
const recordedRows = async (folder: string): Promise<ReadonlyMap<string, readonly Recorded[]>> => {
  const rows = new Map<string, Map<string, Recorded>>();
  const lines = createReadStream(join(folder, 'forecasts.csv.gz'))
    .pipe(createGunzip())
    .pipe(parse({ columns: true }));
  for await (const line of lines as AsyncIterable<Record<string, string>>) {
    if (!MEMBERS.includes(line.system!) || line.silent_half === '1') continue;
    const row = rows.get(line.row_id!) ?? new Map<string, Recorded>();
    const cost = line.usd_per_trial
      ? Math.ceil(
          ((Number(line.usd_per_trial) * Number(line.n_trials)) / Number(line.n_rows_of_question)) * 1e6 -
            1e-6,
        )
      : null;
    row.set(line.system!, { p: Number(line.p), costMicroUsd: cost });
    rows.set(line.row_id!, row);
  }
  const whole = [...rows].filter(([, row]) => row.size === MEMBERS.length);
  return new Map(whole.map(([id, row]) => [id, MEMBERS.map((system) => row.get(system)!)]));
};

const logit = (p: number): number => {
  const clipped = Math.min(0.99, Math.max(0.01, p));
  return Math.log(clipped / (1 - clipped));
};

const expectedProbability = (row: readonly Recorded[]): number =>
  1 / (1 + Math.exp(-1.25 * (row.reduce((sum, { p }) => sum + logit(p), 0) / row.length)));

describeWithShared('data/forecasts', 'decisions over recorded forecasts', (folder) => {
  let running: RunningStack;
  let rows: ReadonlyMap<string, readonly Recorded[]>;

  beforeAll(async () => {
    running = await runningStack();
    rows = await recordedRows(folder);
  });

  afterAll(() => running.close());

  test('the command prints the recorded members, their cost and the formula to 1e-9', async () => {
    const [id, row] = [...rows][0]!;
    const result = await conclave(
      [
        'decide',
        '--row',
        id,
        '--recorded',
        folder,
        '--members',
        MEMBERS.join(','),
        '--stake',
        '25',
        '--json',
      ],
      running.place,
    );
    expect(result.code).toBe(0);
    const decision = result.json<{
      readonly status: string;
      readonly probability: number;
      readonly members: readonly {
        readonly model: string;
        readonly probability: number;
        readonly costUsd: string;
      }[];
    }>();
    expect(decision.status).toBe('decided');
    expect(Math.abs(decision.probability - expectedProbability(row))).toBeLessThan(1e-9);
    expect(decision.members.map(({ model }) => model)).toEqual(MEMBERS);
    expect(decision.members.map(({ probability }) => probability)).toEqual(row.map(({ p }) => p));
    expect(decision.members.map(({ costUsd }) => Number(costUsd))).toEqual(
      row.map(({ costMicroUsd }) => (costMicroUsd ?? 0) / 1e6),
    );
  });

  test(`${ROWS} rows one after another in one stack give the formula and the recorded cost each`, async () => {
    const step = Math.floor(rows.size / ROWS);
    const chosen = [...rows].filter((_, index) => index % step === 0).slice(0, ROWS);
    expect(chosen).toHaveLength(ROWS);
    let largestError = 0;
    for (const [id, row] of chosen) {
      const set = await readRecorded(folder, id, MEMBERS);
      const decision = await startDecision(
        running.client,
        {
          world: set.world,
          asOf: set.asOf,
          subject: `question:${id}`,
          sessionId: null,
          stakeMicroUsd: 25_000_000,
          strategy: null,
          members: MEMBERS,
          horizonDays: 5,
          research: null,
          recorded: { folder: set.folder, rowId: id },
          recordedLatencyScale: 0,
          prices: null,
          deadlineAt: null,
          maxCostMicroUsd: null,
          priority: 1,
        },
        `rows-${process.pid}`,
      );
      const result: DecisionResult = await decision.result();
      expect(result.status).toBe('decided');
      largestError = Math.max(largestError, Math.abs(result.probability! - expectedProbability(row)));
      expect(result.members.map(({ costMicroUsd }) => costMicroUsd)).toEqual(
        row.map(({ costMicroUsd }) => costMicroUsd),
      );
    }
    console.info(`${ROWS} of ${rows.size} rows, largest difference ${largestError}`);
    expect(largestError).toBeLessThan(1e-9);
  });
});
