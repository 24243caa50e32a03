// Generated malformed replies through the whole paid call: none becomes an answer, each has its kind, and each
// that was billed is in the ledger at its bill. A thousand in every build; CONCLAVE_TEST_REPLIES=10000 for all.
import { DefaultLogger, Runtime as TemporalRuntime } from '@temporalio/worker';
import * as fc from 'fast-check';
import { findViolations } from '../../../db/invariants';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { malformedReplyText } from '../../support/malformed-replies';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(600_000);

const REPLIES = Number(process.env.CONCLAVE_TEST_REPLIES ?? 1_000);
const WIDTH = 8;
/** Two that answer in text, where every malformed form can occur. */
const MODELS = [
  { provider: 'openai', model: 'gpt-4o-mini' },
  { provider: 'deepseek', model: 'deepseek-chat' },
] as const;

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;

beforeAll(async () => {
  // A thousand failures need no thousand warnings.
  TemporalRuntime.install({ logger: new DefaultLogger('ERROR') });
  test = await freshTestDatabase(5);
  server = await startProviderServer();
  const hosted = (['openai', 'deepseek'] as const).map((name) => ({
    ...{ name, kind: name, baseUrl: `${server.as(name)}/v1` },
    readKey: () => 'sk-x',
  }));
  harness = await createCallHarness(test.url, hosted, 10);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await server.close();
  await test.drop();
});

it(`none of ${REPLIES} becomes an answer, each is malformed, and each bill is in the ledger`, async () => {
  const texts = fc.sample(malformedReplyText, { numRuns: REPLIES, seed: 20_261_121 });
  server.set({ queue: texts.map((text) => ({ fault: 'malformed_answer' as const, settings: { text } })) });
  const kinds = new Map<string, number>();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < texts.length) {
      const index = next;
      next += 1;
      const outcome = await harness.call(callInput(`reply-${index}`, MODELS[index % MODELS.length]));
      expect(outcome.result).toBeNull();
      const kind = outcome.failure?.kind ?? 'none';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
  expect(Object.fromEntries(kinds)).toEqual({ malformed: REPLIES });
  expect(await test.db.query('select 1 from answers')).toEqual([]);
  const billed = server.calls().filter((call) => call.billed);
  expect(billed).toHaveLength(REPLIES);
  const rows = await test.db.query<{ key: string; status: string; input: number; output: number }>(
    'select key, status, input_tokens as input, output_tokens as output from ledger where actual_micro_usd > 0',
  );
  const booked = new Map(rows.map((row) => [row.key, row]));
  const wrong = billed.filter(({ callKey, inputTokens, outputTokens }) => {
    const row = booked.get(callKey);
    return row?.status !== 'settled' || row.input !== inputTokens || row.output !== outputTokens;
  });
  expect(wrong).toEqual([]);
  expect(await findViolations(test.db, { drainSeconds: 3_600 })).toEqual([]);
});
