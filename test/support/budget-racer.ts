// One process of the budget race: `budget-racer URL NAME COUNT`. Reserves COUNT calls at three cents, each sent
// twice at once, and settles what it got at a bill of its own. Prints a line per settled call: key and bill.
import { openDatabase } from '../../db/database';
import { createLedgerStore, type LedgerStore } from '../../db/ledger-store';

const RESERVED_MICRO_USD = 30_000;
const WIDTH = 16;

const request = (callKey: string) => ({
  ...{ callKey, ordinal: 1, amountMicroUsd: RESERVED_MICRO_USD, provider: 'openai', model: 'gpt-4o-mini' },
  ...{ feature: 'race', category: 'race', world: 'live', sessionId: null, decisionId: null },
  ...{ priceVersion: 'race', billed: true },
});

const race = async (ledger: LedgerStore, callKey: string, billMicroUsd: number): Promise<void> => {
  const both = await Promise.all([ledger.reserve(request(callKey)), ledger.reserve(request(callKey))]);
  const held = both.find((result) => result.status !== 'refused');
  if (!held) return;
  process.stdout.write(`sent ${held.key} ${billMicroUsd}\n`);
  await ledger.settle(held.key, { actualMicroUsd: billMicroUsd, usage: null, outcome: 'answered' });
  process.stdout.write(`settled ${held.key} ${billMicroUsd}\n`);
};

const main = async ([url, name, count]: readonly string[]): Promise<void> => {
  const db = openDatabase(url!, { poolSize: WIDTH, applicationName: `racer ${name}` });
  const ledger = createLedgerStore(db);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < Number(count); index = next++)
      await race(ledger, `race-${name}-${index}`, 25_000 + index);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
  await db.close();
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
