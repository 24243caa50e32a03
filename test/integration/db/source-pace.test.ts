// One source asked by two processes: its least time between requests holds over both, by Postgres's clock.
import { createRateLimitStore } from '../../../db/rate-limit-store';
import { createPoliteness } from '../../../sources/politeness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());

it('spaces the requests of two processes out as those of one', async () => {
  const minIntervalMs = 40;
  const processOf = () =>
    createPoliteness({ source: 'sec', minIntervalMs, limits: createRateLimitStore(test.db) });
  const now = async () =>
    Date.parse((await test.db.query<{ readonly at: string }>('select clock_timestamp() as at'))[0]!.at);
  const begun = await now();
  const signal = new AbortController().signal;
  const asked: string[] = [];
  const ask = (politeness: ReturnType<typeof processOf>, key: string) =>
    politeness.run(key, signal, async () => void asked.push(key));
  const [first, second] = [processOf(), processOf()];
  await Promise.all(['a', 'b', 'c', 'd', 'e'].flatMap((key) => [ask(first, key), ask(second, `${key}2`)]));
  expect(asked).toHaveLength(10);
  expect((await now()) - begun).toBeGreaterThanOrEqual(9 * minIntervalMs);
});
