// Four processes race for one dollar, each call sent twice, one process killed with calls under way: nothing is
// overspent at any commit, and the books agree with the provider server's own bill to the micro-dollar.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { nodeArguments } from '../../../config/package-root';
import { createCapStore } from '../../../db/cap-store';
import { findViolations } from '../../../db/invariants';
import { createLedgerStore } from '../../../db/ledger-store';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(240_000);

const PROCESSES = 4;
const CALLS_EACH = 500;
const LIMIT_MICRO_USD = 1_000_000;

let test: TestDatabase;
let provider: ProviderServer;
beforeAll(async () => {
  test = await freshTestDatabase(5);
  // A micro-dollar a token, and about 25,000 tokens a call: less than is reserved, more than nothing.
  provider = await startProviderServer({
    behaviour: {
      rates: { default: { inputPer1M: 1_000_000, outputPer1M: 1_000_000 } },
      ...{ reasoningTokens: 25_000, cachedShare: 0, delayMs: 100 },
      // Billed and then lost.
      mix: [{ fault: 'reset_after_billing', share: 0.3 }],
    },
  });
}, STACK_START_MS);
afterAll(async () => {
  await provider.close();
  await test.drop();
});

interface Racer {
  readonly child: ChildProcess;
  /** Whole lines printed so far. */
  readonly settled: () => readonly string[];
  readonly ended: Promise<unknown>;
}

const startRacer = (name: string): Racer => {
  const child = spawn(
    process.execPath,
    [
      ...nodeArguments('test/support/budget-racer'),
      test.url,
      provider.as('openai'),
      name,
      String(CALLS_EACH),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const settled = () => printed.split('\n').slice(0, -1);
  return { child, settled, ended: once(child, 'close') };
};

/** Every version that any commit gave a cap, written by the database itself. */
const keepHistory = async (): Promise<void> => {
  for (const statement of [
    'create table cap_versions as select * from caps limit 0',
    `create function keep_cap_version() returns trigger language plpgsql as
      $$ begin insert into cap_versions select new.*; return null; end $$`,
    'create trigger keep_version after insert or update on caps for each row execute function keep_cap_version()',
  ])
    await test.db.query(statement);
};

const sumOf = (amounts: Iterable<number>): number => [...amounts].reduce((sum, each) => sum + each, 0);

it('2,000 calls of four processes never spend more than their cap, at any commit', async () => {
  await createCapStore(test.db).setLimit({
    ...{ scope: 'month', key: '*', limitMicroUsd: LIMIT_MICRO_USD, policy: 'stop' },
    reason: 'race',
  });
  await keepHistory();
  const racers = Array.from({ length: PROCESSES }, (_, index) => startRacer(`p${index}`));
  // Whoever is first has calls at the provider that are not answered yet.
  await provider.waitForCalls(1);
  const [, first] = provider.calls()[0]!.callKey.split('-');
  racers[Number(first!.slice(1))]!.child.kill('SIGKILL');
  await Promise.all(racers.map((racer) => racer.ended));

  const [history] = await test.db.query<{ versions: number; over: number; most: number }>(
    `select count(*) as versions, max(spent_micro_usd + held_micro_usd) as most,
       count(*) filter (where spent_micro_usd + held_micro_usd > limit_micro_usd + overrun_micro_usd) as over
     from cap_versions`,
  );
  expect(history).toMatchObject({ over: 0 });
  expect(history!.most).toBeGreaterThan(LIMIT_MICRO_USD - 30_000);
  expect(history!.most).toBeLessThanOrEqual(LIMIT_MICRO_USD);
  expect(await createLedgerStore(test.db).sweepUncertain(0)).toBeGreaterThan(0);
  const providerLog = provider.calls().map(({ callKey }) => callKey);
  expect(await findViolations(test.db, { drainSeconds: 3_600, providerLog })).toEqual([]);

  const rows = await test.db.query<{ key: string; status: string; amount: number }>(
    'select key, status, coalesce(actual_micro_usd, reserved_micro_usd) as amount from ledger',
  );
  const amounts = (status: string) =>
    new Map(rows.filter((row) => row.status === status).map(({ key, amount }) => [key, amount]));
  const bills = new Map(provider.calls().map(({ callKey, costMicroUsd }) => [callKey, costMicroUsd]));
  for (const [key, amount] of amounts('settled')) expect([key, amount]).toEqual([key, bills.get(key)]);
  for (const line of racers.flatMap((racer) => racer.settled()))
    expect(amounts('settled').has(line.split(' ')[1]!)).toBe(true);

  const [cap] = await createCapStore(test.db).status();
  expect(cap!.overrunMicroUsd).toBe(0);
  const settled = sumOf(amounts('settled').values());
  const uncertain = sumOf(amounts('uncertain').values());
  expect([cap!.spentMicroUsd, cap!.heldMicroUsd]).toEqual([settled, uncertain]);
  const whole = sumOf(bills.values());
  expect(settled).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(settled);
  expect(whole).toBeLessThanOrEqual(settled + uncertain);
  process.stdout.write(
    `budget race: ${PROCESSES * CALLS_EACH} calls, ${rows.length} rows, ${history!.versions} versions of the cap, most ${history!.most}; provider billed ${whole}, settled ${settled}, uncertain ${uncertain}\n`,
  );
});
