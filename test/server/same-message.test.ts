// The same mistake, made by API and on the command line, is refused with the same message: what is wrong and the
// accepted form. All of it is found before anything is read or started, so no server runs here.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createApp } from '../../server/app';
import type { ServerContext } from '../../server/context';
import { typeCommand } from '../support/typed-command';

const unreachable = (): never => {
  throw new Error('reached behind the checks');
};

const context = {
  client: {
    stores: new Proxy({ apiTokens: { any: async () => false } } as Record<string, unknown>, {
      get: (stores, name: string) => stores[name] ?? unreachable(),
    }),
  },
  workers: { assertPresent: async () => undefined },
  allowedHosts: new Set(['localhost']),
  loopback: true,
  keysPresent: new Set<string>(),
  metrics: { observe: () => undefined },
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
} as unknown as ServerContext;

let app: OpenAPIHono;
beforeAll(() => {
  app = createApp(context);
});

interface Mistake {
  readonly send: readonly [method: string, path: string, body?: unknown];
  readonly type: readonly string[];
  /** What both must say behind the field's name. */
  readonly says: string;
}

const setting = (key: string, value: unknown, says: string): Mistake => ({
  send: ['POST', '/settings', { key, value }],
  type: ['settings', 'set', key, typeof value === 'string' ? value : JSON.stringify(value)],
  says: `is ${JSON.stringify(value)}; accepted: ${says}`,
});

const MODEL = { id: 'm', provider: 'openai', quality: 7 };
const model = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/models', { ...MODEL, ...fields }],
  type: ['models', 'add', 'm', '--provider=openai', '--quality=7', ...flags],
  says,
});
const edit = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['PATCH', '/api/v1/models/m', fields],
  type: ['models', 'edit', 'm', ...flags],
  says,
});
const BUDGET = { scope: 'day', limitUsd: '5', reason: 'test' };
const budget = (fields: object, args: readonly string[], says: string): Mistake => ({
  send: ['PUT', '/api/v1/budget', { ...BUDGET, ...fields }],
  type: ['budget', 'set', ...args],
  says,
});
const estimate = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/orchestrator/estimate-cost', { estimated_usage: { forecast: 1 }, ...fields }],
  type: ['estimate', ...flags],
  says,
});
const decide = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/decisions', { symbol: 'AAPL', ...fields }],
  type: ['decide', 'AAPL', ...flags],
  says,
});

const session = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/sessions', { symbols: ['AAPL'], ...fields }],
  type: ['session', '--symbols=AAPL', ...flags],
  says,
});
const research = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/research', { symbol: 'AAPL', ...fields }],
  type: ['research', 'AAPL', ...flags],
  says,
});

const USD = 'accepted: US dollars as text with up to six places, such as "25" or "7.50"';
const PRICE = 'accepted: US dollars per 1M tokens as text, such as "0.15"';
const RATING = 'accepted: a number from 0 (useless) to 10 (perfect)';
const REASON = 'accepted: a few words that say why; they are kept';

const MISTAKES: readonly (readonly [string, Mistake])[] = [
  ['a flag that is text', setting('enabled', 'often', 'for enabled true or false')],
  ['a flag that is a number', setting('prefer_local', 1, 'for prefer_local true or false')],
  ['an unknown tier', setting('quality_tier', 'golden', 'for quality_tier one of budget, balanced, premium')],
  ['a budget below zero', setting('monthly_budget', -1, 'for monthly_budget a number from 0 to')],
  ['a budget in words', setting('monthly_budget', 'much', 'for monthly_budget a number from 0 to')],
  [
    'a map with an unknown task',
    setting('task_models', { x: 'y' }, 'for task_models an object of task types'),
  ],
  ['a map that is a list', setting('task_models', [], 'for task_models an object of task types')],
  ['a share above one', setting('consensus_threshold', 2, 'for consensus_threshold a number from 0.5 to 1')],
  ['a size of half a member', setting('ensemble_size', 1.5, 'for ensemble_size a whole number from 1 to 25')],
  ['no equity', setting('desk_equity_usd', 0, 'for desk_equity_usd US dollars above 0')],
  ['an unknown strategy', setting('strategy', 'best', 'for strategy one of calibrated_confidence')],
  [
    'an unknown setting',
    {
      send: ['POST', '/settings', { key: 'no_such', value: 1 }],
      type: ['settings', 'set', 'no_such', '1'],
      says: 'is "no_such"; accepted: enabled, quality_tier',
    },
  ],
  ['a quality above ten', edit({ quality: 11 }, ['--quality=11'], 'is 11; accepted: a number of at most 10')],
  ['a quality in words', edit({ quality: 'good' }, ['--quality=good'], 'is "good"; accepted: number')],
  ['a small window', edit({ contextTokens: 1 }, ['--context=1'], 'is 1; accepted: a number of at least 256')],
  ['half a token', edit({ maxOutputTokens: 1.5 }, ['--max-output=1.5'], 'is 1.5; accepted: int')],
  [
    'an unknown strength',
    edit({ strengths: ['wit'] }, ['--strengths=wit'], 'is "wit"; accepted: prose, dialogue'),
  ],
  [
    'an unknown speed',
    edit({ speed: 'warp' }, ['--speed=warp'], 'is "warp"; accepted: very_fast, fast, medium'),
  ],
  [
    'a name of nothing',
    edit({ displayName: '' }, ['--name='], 'is ""; accepted: a length (string) of at least 1'),
  ],
  [
    'a price in words',
    model(
      { price: { inputUsdPer1M: 'cheap', outputUsdPer1M: '1' } },
      ['--price-in=cheap', '--price-out=1'],
      `is "cheap"; ${PRICE}`,
    ),
  ],
  [
    'a price below zero',
    model(
      { price: { inputUsdPer1M: '1', outputUsdPer1M: '-1' } },
      ['--price-in=1', '--price-out=-1'],
      `is "-1"; ${PRICE}`,
    ),
  ],
  ['half a price', model({ price: { inputUsdPer1M: '1' } }, ['--price-in=1'], `is missing; ${PRICE}`)],
  [
    'a model without a provider',
    {
      send: ['POST', '/api/v1/models', { id: 'm', quality: 7 }],
      type: ['models', 'add', 'm', '--quality=7'],
      says: 'is missing; accepted: string',
    },
  ],
  [
    'a rating above ten',
    {
      send: ['POST', '/api/v1/models/m/ratings', { task: 'summary', rating: 11 }],
      type: ['models', 'rate', 'm', '11', '--task=summary'],
      says: `is 11; ${RATING}`,
    },
  ],
  [
    'a rating in words',
    {
      send: ['POST', '/api/v1/models/m/ratings', { task: 'summary', rating: 'fine' }],
      type: ['models', 'rate', 'm', 'fine', '--task=summary'],
      says: `is "fine"; ${RATING}`,
    },
  ],
  [
    'a rating of an unknown task',
    {
      send: ['POST', '/api/v1/models/m/ratings', { task: 'cooking', rating: 5 }],
      type: ['models', 'rate', 'm', '5', '--task=cooking'],
      says: 'is "cooking"; accepted: prose_draft, ',
    },
  ],
  [
    'an unknown scope',
    budget({ scope: 'week' }, ['week', '5', '--reason=test'], 'is "week"; accepted: month, day'),
  ],
  ['a limit below zero', budget({ limitUsd: '-5' }, ['day', '--reason=test', '--', '-5'], `is "-5"; ${USD}`)],
  ['a limit in words', budget({ limitUsd: 'much' }, ['day', 'much', '--reason=test'], `is "much"; ${USD}`)],
  ['a limit without a reason', budget({ reason: undefined }, ['day', '5'], `is missing; ${REASON}`)],
  ['a reason of blanks', budget({ reason: ' ' }, ['day', '5', '--reason= '], `is " "; ${REASON}`)],
  [
    'an unknown policy',
    budget(
      { policy: 'beg' },
      ['day', '5', '--reason=test', '--policy=beg'],
      'is "beg"; accepted: stop, downgrade',
    ),
  ],
  [
    'a key for a day',
    budget(
      { key: 'openai' },
      ['day', '5', '--reason=test', '--key=openai'],
      'is "openai"; accepted: *, for scope day',
    ),
  ],
  [
    'a plan at an unknown tier',
    estimate(
      { quality_tier: 'gold' },
      ['--tier=gold', '--task', 'forecast=1'],
      'is "gold"; accepted: budget, balanced',
    ),
  ],
  [
    'half a call',
    estimate({ estimated_usage: { forecast: 1.5 } }, ['--task', 'forecast=1.5'], 'is 1.5; accepted: int'),
  ],
  [
    'fewer calls than none',
    estimate(
      { estimated_usage: { forecast: -1 } },
      ['--task', 'forecast=-1'],
      'is -1; accepted: a number of at least 0',
    ),
  ],
  [
    'a count in words',
    estimate({ estimated_usage: { forecast: 'x' } }, ['--task', 'forecast=x'], 'is "x"; accepted: number'),
  ],
  [
    'a plan per year',
    estimate(
      { period: 'year' },
      ['--task', 'forecast=1', '--per=year'],
      'is "year"; accepted: day, week, month',
    ),
  ],
  ['a stake below zero', decide({ stakeUsd: '-5' }, ['--stake=-5'], `is "-5"; ${USD}`)],
  ['a stake in words', decide({ stakeUsd: 'much' }, ['--stake=much'], `is "much"; ${USD}`)],
  ['no horizon', decide({ horizonDays: 0 }, ['--horizon=0'], 'is 0; accepted: a whole number from 1 to 250')],
  [
    'a horizon in words',
    decide({ horizonDays: 'x' }, ['--horizon=x'], 'is "x"; accepted: a whole number from 1 to 250'),
  ],
  [
    'half a day',
    decide({ horizonDays: 1.5 }, ['--horizon=1.5'], 'is 1.5; accepted: a whole number from 1 to 250'),
  ],
  [
    'a strategy of a decision',
    decide({ strategy: 'best' }, ['--strategy=best'], 'is "best"; accepted: calibrated_confidence'),
  ],
  [
    'a kind of research',
    decide({ kind: 'deep' }, ['--kind=deep'], 'is "deep"; accepted: complete, technical'),
  ],
  ['a template', decide({ template: 'long' }, ['--template=long'], 'is "long"; accepted: swing, day, value')],
  [
    'a kind of session',
    {
      send: ['POST', '/api/v1/sessions', { kind: 'lunch' }],
      type: ['session', '--kind=lunch'],
      says: 'is "lunch"; accepted: pre_market, open, afternoon, close',
    },
  ],
  ['a stake of a session', session({ stakeUsd: '1e3' }, ['--stake=1e3'], `is "1e3"; ${USD}`)],
  [
    'a horizon of a session',
    session({ horizonDays: 251 }, ['--horizon=251'], 'is 251; accepted: a whole number from 1 to 250'),
  ],
  [
    'a strategy of a session',
    session({ strategy: 'best' }, ['--strategy=best'], 'is "best"; accepted: calibrated_confidence'),
  ],
  [
    'a template of a session',
    session({ template: 'long' }, ['--template=long'], 'is "long"; accepted: swing'),
  ],
  [
    'research of a session',
    session({ researchKind: 'deep' }, ['--research=deep'], 'is "deep"; accepted: complete'),
  ],
  ['a market that is none', session({ market: 'XXXX' }, ['--market=XXXX'], 'accepted: XETR, XNYS')],
  [
    'a symbol that is none',
    {
      send: ['POST', '/api/v1/sessions', { symbols: ['A$%'] }],
      type: ['session', '--symbols=A$%'],
      says: 'accepted',
    },
  ],
  ['a day that is none', session({ asOf: '2025-02-30' }, ['--as-of=2025-02-30'], '2025-02-30')],
  ['a day to come', session({ asOf: '2099-06-01' }, ['--as-of=2099-06-01'], 'is in the future')],
  ['a kind of brief', research({ kind: 'deep' }, ['--kind=deep'], 'is "deep"; accepted: complete')],
  [
    'a template of a brief',
    research({ template: 'long' }, ['--template=long'], 'is "long"; accepted: swing'),
  ],
  [
    'a subject that is none',
    { send: ['POST', '/api/v1/research', { symbol: 'A$%' }], type: ['research', 'A$%'], says: 'accepted' },
  ],
  [
    'an event without its symbols',
    {
      send: ['POST', '/api/v1/events', { type: 'earnings', reason: 'x' }],
      type: ['event', 'earnings', '--reason=x'],
      says: 'accepted: a list of 1 to 1000 symbols',
    },
  ],
  [
    'a scope of a token',
    {
      send: ['POST', '/api/v1/tokens', { name: 't', scope: 'root' }],
      type: ['token', 'create', 't', '--scope=root'],
      says: 'is "root"; accepted: read, run, admin',
    },
  ],
  [
    'a token without a name',
    {
      send: ['POST', '/api/v1/tokens', { name: '', scope: 'read' }],
      type: ['token', 'create', '', '--scope=read'],
      says: 'is ""; accepted: a length (string) of at least 1',
    },
  ],
];

const sent = async ([method, path, body]: Mistake['send']) => {
  const answer = await app.request(`http://localhost${path}`, {
    method,
    headers: { 'content-type': 'application/json', host: 'localhost' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, problem: (await answer.json()) as { errors?: { message: string }[] } };
};

/** Behind the field's name, which the two may call by names of their own. */
const behindField = (message: string | undefined): string => (message ?? '').replace(/^\S+ /, '');

test.each(MISTAKES)('%s is refused alike by API and command line', async (_title, { send, type, says }) => {
  const { status, problem } = await sent(send);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: expect.anything() })]);
  const byApi = behindField(problem.errors?.[0]?.message);
  expect(byApi).toContain(says);
  const { code, json } = await typeCommand(type);
  expect([code, behindField(json.error.message)]).toEqual([2, byApi]);
});
