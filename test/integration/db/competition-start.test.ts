// Who joins a competition while it starts, or starts it a second time: nobody stands on a board without being asked, and
// one competition runs in one world.
import type { Client } from '@temporalio/client';
import { joinCompetition, replayCompetition } from '../../../client/competition';
import type { ConclaveClient } from '../../../client/connect';
import { createStores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { untilWaiting } from './lock-waits';
import { aModel } from './rows';

const HOUSE = ['house-drift', 'house-momentum', 'house-mean-reversion'];

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
  await createStores(test.db).registry.seed(['a', 'b', 'c', ...HOUSE].map((id) => aModel({ id })));
}, STACK_START_MS);
afterAll(() => test.drop());

const client = () => {
  const workflow = { start: async () => undefined, getHandle: () => ({}) };
  return { stores: createStores(test.db), temporal: { workflow } as unknown as Client } as ConclaveClient;
};

/** One that replays four days, of the models a and b. */
const opened = async (id: string) => {
  const definition = { market: 'XNYS', symbols: ['T'], from: '2025-09-15', to: '2025-09-18' };
  const prices = { hash: id };
  await client().stores.competitions.create({ id, definition: { ...definition, prices } });
  await joinCompetition(client(), id, ['a', 'b']);
};

const players = async (id: string) =>
  (await client().stores.competitions.accounts(id)).flatMap(({ kind, name }) =>
    kind === 'model' ? name : [],
  );

it('a model that joins while the competition starts is refused', async () => {
  await opened('late');
  const refused = await test.db.transaction(async (sql) => {
    await sql.query("update competitions set status = 'running', world = 'replay:w' where id = 'late'");
    const joining = expect(joinCompetition(client(), 'late', ['c'])).rejects.toThrow(
      'competition "late" is running; models join before it starts',
    );
    await Promise.race([joining, untilWaiting(test.db, 'competition', 1)]);
    return () => joining;
  });
  await refused();
  expect(await players('late')).toEqual(['a', 'b']);
  expect(await joinCompetition(client(), 'late', ['a'])).toBe(0);
});

it('two starts with a model that joins between them run one world, of all three', async () => {
  await opened('twice');
  const starts = await test.db.transaction(async (sql) => {
    await sql.query("select 1 from competitions where id = 'twice' for share");
    const first = replayCompetition(client(), 'twice');
    await untilWaiting(test.db, 'competition', 1);
    expect(await joinCompetition(client(), 'twice', ['c'])).toBe(1);
    const second = replayCompetition(client(), 'twice');
    await untilWaiting(test.db, 'competition', 2);
    return () => Promise.all([first, second]);
  });
  const [first, second] = await starts();
  expect(first.workflowId).toBe(second.workflowId);
  expect(await client().stores.competitions.get('twice')).toMatchObject({
    ...{ status: 'running', world: first.workflowId.replace('competition:', '') },
  });
  expect(await players('twice')).toEqual(['a', 'b', 'c']);
});

it('a start that is refused leaves the competition open, without accounts of the house', async () => {
  await client().stores.competitions.create({ id: 'few', definition: { prices: { hash: 'few' } } });
  await joinCompetition(client(), 'few', ['a']);
  await expect(replayCompetition(client(), 'few')).rejects.toThrow(/has 1 models; accepted: at least 2/);
  expect(await client().stores.competitions.get('few')).toMatchObject({ status: 'open', world: null });
  expect(await client().stores.competitions.accounts('few')).toHaveLength(1);
});
