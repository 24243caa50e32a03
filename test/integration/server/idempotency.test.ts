// A request that comes again, at any moment of the first one's run, over a real Postgres.
import { createRequestStore } from '../../../db/request-store';
import { onceByKey } from '../../../server/idempotency';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());

const request = { key: 'k1', operation: 'test', input: { a: 1, b: 2 } };

const countingWork = () => {
  const work = async () => {
    work.runs += 1;
    return { status: 201, body: { run: work.runs } };
  };
  work.runs = 0;
  return work;
};

it('joins the first while it is under way, however late Postgres answers', async () => {
  const stored = createRequestStore(test.db);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const requests: typeof stored = {
    ...stored,
    begin: async (row) => {
      const begun = await stored.begin(row);
      // Read as open, and told so only when the first has ended.
      if (begun.status === 'repeated') await ended;
      return begun;
    },
  };
  const work = countingWork();
  const first = onceByKey(requests, request, work).finally(end);
  const again = onceByKey(requests, { ...request, input: { b: 2, a: 1 } }, work).finally(end);
  const answers = await Promise.all([first, again]);
  expect(answers.map(({ body }) => body)).toEqual([{ run: 1 }, { run: 1 }]);
  expect(answers.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
  expect(work.runs).toBe(1);
});

it('answers a later one from what was stored, and refuses the key for another request', async () => {
  const requests = createRequestStore(test.db);
  const work = countingWork();
  expect(await onceByKey(requests, { ...request, key: 'k2' }, work)).toMatchObject({ repeated: false });
  expect(await onceByKey(requests, { ...request, key: 'k2' }, work)).toEqual({
    status: 201,
    body: { run: 1 },
    repeated: true,
  });
  const others = [
    { ...request, key: 'k2', input: { a: 2 } },
    { ...request, key: 'k2', operation: 'other' },
  ];
  for (const other of others)
    await expect(onceByKey(requests, other, work)).rejects.toMatchObject({ status: 422 });
  const asked = ['first', 'second'].map((input) =>
    onceByKey(requests, { ...request, key: 'k3', input }, work),
  );
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(work.runs).toBe(2);
});

it('tries anew what was refused, for all who waited', async () => {
  const requests = createRequestStore(test.db);
  const failing = () => onceByKey(requests, { ...request, key: 'k4' }, () => Promise.reject(new Error('no')));
  const ends = await Promise.allSettled([failing(), failing()]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const work = countingWork();
  expect(await onceByKey(requests, { ...request, key: 'k4' }, work)).toMatchObject({ repeated: false });
});
