// One process of the budget race: `budget-racer DATABASE PROVIDER NAME COUNT`. Reserves COUNT calls at three cents,
// each sent twice at once, makes those that it got at the provider server, and settles them at the usage reported.
// Prints a line per settled call: key and bill.
import { openDatabase } from '../../db/database';
import { createLedgerStore, type LedgerStore } from '../../db/ledger-store';

const RESERVED_MICRO_USD = 30_000;
const WIDTH = 16;

const request = (callKey: string) => ({
  ...{ callKey, ordinal: 1, amountMicroUsd: RESERVED_MICRO_USD, provider: 'openai', model: 'gpt-4o-mini' },
  ...{ feature: 'race', category: 'race', world: 'live', sessionId: null, decisionId: null },
  ...{ priceVersion: 'race', billed: true },
});

/** The provider's own report, priced as its list says: a micro-dollar a token. */
const call = async (provider: string, key: string, prompt: string): Promise<number> => {
  const reply = await fetch(`${provider}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-conclave-call': key },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: prompt }] }),
  });
  const { usage } = (await reply.json()) as { usage: Record<'prompt_tokens' | 'completion_tokens', number> };
  return usage.prompt_tokens + usage.completion_tokens;
};

const race = async (
  { ledger, provider }: { readonly ledger: LedgerStore; readonly provider: string },
  callKey: string,
  prompt: string,
): Promise<void> => {
  const both = await Promise.all([ledger.reserve(request(callKey)), ledger.reserve(request(callKey))]);
  const held = both.find((result) => result.status !== 'refused');
  if (!held) return;
  const billMicroUsd = await call(provider, held.key, prompt).catch(() => null);
  if (billMicroUsd === null) return ledger.markUncertain(held.key, 'the reply was lost');
  await ledger.settle(held.key, { actualMicroUsd: billMicroUsd, usage: null, outcome: 'answered' });
  process.stdout.write(`settled ${held.key} ${billMicroUsd}\n`);
};

const main = async ([url, provider, name, count]: readonly string[]): Promise<void> => {
  const db = openDatabase(url!, { poolSize: WIDTH, applicationName: `racer ${name}` });
  const ledger = createLedgerStore(db);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < Number(count); index = next++)
      await race({ ledger, provider: provider! }, `race-${name}-${index}`, 'word '.repeat(1 + index));
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
  await db.close();
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
