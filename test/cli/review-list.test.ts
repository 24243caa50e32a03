// What `conclave review` says of a dispute: how it stands, not how it would end without an answer. The client is a
// stand-in: no stack, no clock.
import { createProgram } from '../../cli/main';
import type { ConclaveClient } from '../../client/connect';
import type { ReviewRow } from '../../db/review-store';

let mockClient: ConclaveClient;
jest.mock('../../cli/with-client', () => ({
  withClient: (work: (attached: object) => Promise<unknown>) => work({ client: mockClient }),
}));

const DUE = '2026-11-21T15:00:00.000Z';
const ANN = { reviewer: 'Ann', reason: 'checked' };

const reviewOf = (name: string, changes: Partial<ReviewRow> = {}): ReviewRow => ({
  ...{ id: `review:${name}`, workflowId: `review:${name}`, world: 'live' },
  ...{ targetKind: 'decision', targetId: name, question: `${name}?`, options: ['approve', 'reject'] },
  ...{ declaredDefault: 'reject', status: 'waiting', verdict: null, reviewer: null, comment: null },
  ...{ openedAt: '2026-11-20T15:00:00.000Z', dueAt: DUE, closedAt: null },
  ...changes,
});

/** @param verdicts what each review has taken and not carried out, by its name; of those left out no worker says anything */
const deskOf = (rows: readonly ReviewRow[], verdicts: Readonly<Record<string, string | null>>) => {
  const query = async (id: string) => {
    const verdict = verdicts[id.replace('review:', '')];
    if (verdict === undefined) throw new Error('no worker answers');
    return { answer: verdict === null ? null : { ...ANN, verdict } };
  };
  return {
    uiUrl: null,
    stores: {
      reviews: { list: async () => rows },
      decisions: { get: async (subject: string) => ({ subject }) },
    },
    temporal: {
      connection: { withDeadline: (_deadline: unknown, work: () => unknown) => work() },
      workflow: { getHandle: (id: string) => ({ query: () => query(id) }) },
    },
  } as unknown as ConclaveClient;
};

const list = async (...options: readonly string[]): Promise<string> => {
  const said: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  await createProgram().parseAsync(['review', 'list', ...options], { from: 'user' });
  return said.join('');
};

afterEach(() => jest.restoreAllMocks());

test('a list says which answers stand, and of no such review that it becomes the default', async () => {
  const tournament = { targetKind: 'tournament' };
  const rows = [
    ...[reviewOf('market:kalshi/KXFED'), reviewOf('equity:AAPL'), reviewOf('equity:MSFT')],
    ...[reviewOf('equity:JPM'), reviewOf('tournament:ship', tournament)],
    reviewOf('market:kalshi/KXCPI', { world: 'synthetic' }),
  ];
  mockClient = deskOf(rows, {
    ...{ 'market:kalshi/KXFED': 'approve', 'equity:AAPL': 'approve', 'equity:MSFT': null },
    ...{ 'tournament:ship': 'approve', 'market:kalshi/KXCPI': 'approve' },
  });
  const undecided = `accepted approve, reject; at ${DUE} it becomes reject`;
  const standing = 'The answer approve of Ann stands, and is being carried out';
  const text = await list();
  expect(text.split('\n').filter((line) => !/^review:|\?$/.test(line.trim()))).toEqual([
    `  The answer approve of Ann stands, and waits for the venue's price of now, until ${DUE} at the latest`,
    ...[standing, undecided, undecided, standing, standing].map((line) => `  ${line}`),
    '',
  ]);
});

test('a rejected trade asks no venue', async () => {
  mockClient = deskOf([reviewOf('market:kalshi/KXFED')], { 'market:kalshi/KXFED': 'reject' });
  expect(await list()).toContain('The answer reject of Ann stands, and is being carried out');
});

test('a list as a document says what is pending of each review, and asks none that is over', async () => {
  const over = { status: 'answered', verdict: 'approve', ...ANN, closedAt: DUE } as const;
  mockClient = deskOf([reviewOf('equity:AAPL'), reviewOf('equity:MSFT', over)], {
    ...{ 'equity:AAPL': 'approve', 'equity:MSFT': 'approve' },
  });
  expect(JSON.parse(await list('--all', '--json')).reviews).toMatchObject([
    { status: 'waiting', pending: 'The answer approve of Ann stands, and is being carried out' },
    { status: 'answered', pending: null },
  ]);
});
