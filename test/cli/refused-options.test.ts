// Options that a command would pass over beside another are refused, naming both, before a stack is started: whoever
// typed them would take the answer for what was asked.
import { typeCommand } from '../support/typed-command';

/** A command that is content with its words would start a stack now; none is there and none may be. */
jest.mock('../../stack/stack', () => ({
  stackStatus: async () => null,
  ensureStack: async () => {
    throw new Error('reached behind the checks');
  },
}));

beforeAll(() => {
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());

const ROW = ['decide', '--row', 'r', '--recorded', 'folder', '--members', 'a'];
const SESSION = ['estimate', '--symbols', 'AAPL', '--members', 'a'];

test.each([
  [
    'competition replay league --from 2025-07-01',
    '--from is given beside the name "league" without --prices',
  ],
  ['competition replay league --cash 50000 --models a,b', '--cash is given beside the name "league" without'],
  ['spend --category equity', '--category is given without --by skill'],
  ['spend --by provider --window 30d', '--window is given without --by skill'],
  ['spend --by skill --from 2026-11-20', '--from is given beside --by skill'],
  ['spend --by skill --all', '--all is given beside --by skill'],
  [`${SESSION.join(' ')} --tier premium`, '--tier is given beside --symbols'],
  [`${SESSION.join(' ')} --task forecast=4`, '--task is given beside --symbols'],
  [`${SESSION.join(' ')} --per day`, '--per is given beside --symbols'],
  ['estimate --task forecast=4 --stake 50', '--stake is given without --symbols'],
  ['estimate --task forecast=4 --all-tiers --tier budget', '--tier is given beside --all-tiers'],
  [`${ROW.join(' ')} --as-of 2025-06-02`, '--as-of is given beside --row'],
  [`${ROW.join(' ')} --world synthetic`, '--world is given beside --row'],
  [`${ROW.join(' ')} AAPL`, 'symbol is given beside --row'],
])('%s is refused', async (words, message) => {
  const { code, json } = await typeCommand(words.split(' '));
  expect([code, json.error]).toEqual([
    2,
    { code: 'wrong_use', message: expect.stringContaining(message), fix: expect.stringMatching(/\w{3}/) },
  ]);
});

test.each([
  'competition replay league',
  'competition replay league --models a,b',
  'spend --world synthetic --from 2026-11-20',
  'spend --by skill --world synthetic --window 30d --category equity',
  'estimate --task forecast=4 --tier premium --per day',
  'estimate --task forecast=4 --all-tiers',
  SESSION.join(' '),
])('%s is taken: what stands by default was not typed', async (words) => {
  const { json } = await typeCommand(words.split(' '));
  expect(json.error.message).toBe('reached behind the checks');
});

test('an amount that is none is refused by the name of its option', async () => {
  const { code, json } = await typeCommand(['mcp', '--max-cost', 'much']);
  expect([code, json.error.message]).toEqual([2, expect.stringMatching(/^max-cost /)]);
});
