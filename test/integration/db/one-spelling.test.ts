// What was stored before subjects had one spelling, and the migration that gives it to them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStores, type Stores } from '../../../db/stores';
import { eventClusterOf } from '../../../domain/market/event-cluster';
import { toSubject } from '../../../domain/market/subject';
import { PROJECT_ROOT } from '../../support/source-files';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, anOutcome, aProposition } from './rows';

const STATEMENTS = readFileSync(
  join(PROJECT_ROOT, 'db', 'migrations', '0032_one_spelling.sql'),
  'utf8',
).split('--> statement-breakpoint');

const respell = () =>
  test.db.transaction(async (sql) => {
    for (const statement of STATEMENTS) await sql.query(statement);
  });

let test: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  test = await freshTestDatabase(1);
  stores = createStores(test.db);
}, STACK_START_MS);
afterAll(() => test.drop());
afterEach(() => test.db.query('discard temp'));

const STORED = [
  ...['equity:BRK-B', 'equity:BRK.B', 'equity:SAP.DE', 'equity:RDS-A', 'equity:ABCDEF-B', 'equity:BT-D'],
  ...['market:kalshi/kxfed-26dec-t3', 'market:Kalshi/KXfed-26DEC-T4.00', 'market:kalshi/ＫＸＦＥＤ-１'],
  ...['market:polymarket/0xABC', 'market:POLYMARKET/Will-It/Rain', 'market:Polymarket', 'market:kalshi/a b'],
  ...['market:other/a-b', 'question:Will-B', 'task:Risk_review'],
];

it('watchlists get the spelling in which subjects are typed, each subject once and in its place', async () => {
  await stores.watchlists.add(STORED.map((subject) => ({ market: 'XNYS', subject })));
  await stores.watchlists.add([{ market: 'XETR', subject: 'equity:BRK-B' }]);
  await respell();
  const listed = async (market: string) =>
    (await stores.watchlists.list(market)).map(({ subject }) => subject);
  expect(await listed('XNYS')).toEqual([...new Set(STORED.map(toSubject))]);
  expect(await listed('XETR')).toEqual(['equity:BRK.B']);
});

/** A decision of its own proposition, as it was stored. */
const decided = async (
  id: string,
  subject: string,
  changes: Partial<Parameters<typeof aDecision>[0]> = {},
) => {
  await stores.propositions.put(aProposition({ id: `on-${id}`, subject }));
  const trade = { action: 'buy', sizeMicroUsd: 5_000_000 } as const;
  await stores.decisions.recordDecision(
    aDecision({ id, subject, propositionId: `on-${id}`, ...trade, ...changes }),
    [],
  );
};

const open = (subject: string) =>
  stores.decisions.openPositions({
    ...{ world: 'live', subject, cluster: eventClusterOf(subject) },
    ...{ exceptDecisionId: 'another', through: '2025-09-23T00:00:00.000Z' },
  });

const subjectOf = async (id: string) => (await stores.decisions.get(id))?.subject;

it('trades that are held open count under that spelling, and what is over stays as it was written', async () => {
  await stores.sessions.open({
    ...{ id: 's', world: 'live', market: 'XNYS', date: '2025-09-15', kind: 'open', mode: 'normal' },
    ...{
      decisionAt: '2025-09-15T13:30:00.000Z',
      stakeMicroUsd: 25_000_000,
      synthetic: false,
      scheduledAt: null,
    },
    subjects: ['equity:SAP.DE', 'equity:BRK-B', 'equity:BF-B'],
  });
  await decided('share', 'equity:BRK-B', { sessionId: 's' });
  await decided('none', 'equity:BF-B', { sessionId: 's', action: 'hold', sizeMicroUsd: 0 });
  await decided('same', 'equity:SAP.DE', { sessionId: 's' });
  await decided('t3', 'market:kalshi/kxfed-26dec-t3');
  await decided('over', 'market:kalshi/kxfed-26dec-t5');
  await stores.outcomes.record(anOutcome({ propositionId: 'on-over' }));
  const parked = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
  await decided('waits', 'equity:RDS-A', parked);
  await stores.reviews.open({
    ...{
      id: 'review',
      world: 'live',
      targetKind: 'decision',
      targetId: 'waits',
      workflowId: 'w',
      question: 'q',
    },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject', dueAt: '2099-01-01T00:00:00.000Z' },
  });
  await respell();
  expect((await open('equity:BRK.B')).positionMicroUsd).toBe(5_000_000);
  expect((await open('market:kalshi/KXFED-26DEC-T4')).clusterMicroUsd).toBe(5_000_000);
  expect(await subjectOf('waits')).toBe('equity:RDS.A');
  expect(await Promise.all(['none', 'same', 'over'].map(subjectOf))).toEqual([
    ...['equity:BF-B', 'equity:SAP.DE', 'market:kalshi/kxfed-26dec-t5'],
  ]);
  expect((await stores.sessions.get('s'))?.subjects).toEqual([
    'equity:SAP.DE',
    'equity:BRK.B',
    'equity:BF-B',
  ]);
});
