// Four processes race for one dollar, each call sent twice, one process killed in the middle: nothing is
// overspent at any commit, and the books agree with the bills to the micro-dollar.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { nodeArguments } from '../../../config/package-root';
import { createCapStore } from '../../../db/cap-store';
import { findViolations } from '../../../db/invariants';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(240_000);

const PROCESSES = 4;
const CALLS_EACH = 500;
const LIMIT_MICRO_USD = 1_000_000;

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(5);
}, STACK_START_MS);
afterAll(() => test.drop());

interface Racer {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<unknown>;
}

const startRacer = (name: string): Racer => {
  const child = spawn(
    process.execPath,
    [...nodeArguments('test/support/budget-racer'), test.url, name, String(CALLS_EACH)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')));
  return { child, lines, ended: once(child, 'close') };
};

const overspent = () =>
  test.db.query(
    'select 1 from caps where spent_micro_usd + held_micro_usd > limit_micro_usd + overrun_micro_usd',
  );

it('2,000 calls of four processes never spend more than their cap', async () => {
  await createCapStore(test.db).setLimit({
    ...{ scope: 'month', key: '*', limitMicroUsd: LIMIT_MICRO_USD, policy: 'stop' },
    reason: 'race',
  });
  const racers = Array.from({ length: PROCESSES }, (_, index) => startRacer(`p${index}`));
  const [victim] = racers;
  await Promise.race([once(victim!.child.stdout!, 'data'), victim!.ended]);
  victim!.child.kill('SIGKILL');
  let ended = false;
  const all = Promise.all(racers.map((racer) => racer.ended)).then(() => {
    ended = true;
  });
  let looks = 0;
  while (!ended) {
    expect(await overspent()).toEqual([]);
    looks += 1;
  }
  await all;
  expect(looks).toBeGreaterThan(10);
  expect(await findViolations(test.db, { drainSeconds: 3_600 })).toEqual([]);

  const [cap] = await createCapStore(test.db).status();
  expect(cap!.spentMicroUsd + cap!.heldMicroUsd).toBeLessThanOrEqual(LIMIT_MICRO_USD);
  expect(cap!.overrunMicroUsd).toBe(0);
  const bills = (word: string): ReadonlyMap<string, number> =>
    new Map(
      racers
        .flatMap((racer) => racer.lines)
        .map((line) => line.split(' '))
        .filter(([kind, , bill]) => kind === word && bill !== undefined)
        .map(([, key, bill]) => [key!, Number(bill)]),
    );
  const rows = await test.db.query<{ key: string; actualMicroUsd: number }>(
    "select key, actual_micro_usd from ledger where status = 'settled'",
  );
  const booked = new Map(rows.map(({ key, actualMicroUsd }) => [key, actualMicroUsd]));
  for (const [key, bill] of bills('settled')) expect([key, booked.get(key)]).toEqual([key, bill]);
  const wholeBill = [...bills('sent').values()].reduce((sum, bill) => sum + bill, 0);
  const settled = [...booked.values()].reduce((sum, bill) => sum + bill, 0);
  expect(wholeBill).toBeGreaterThanOrEqual(0);
  expect(wholeBill).toBeLessThanOrEqual(settled + cap!.heldMicroUsd);
  console.info(`settled ${settled}, held ${cap!.heldMicroUsd}, sent ${wholeBill} of ${LIMIT_MICRO_USD}`);
});
