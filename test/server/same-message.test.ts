// The same mistake, made by API and on the command line, is refused with the same message: what is wrong and the
// accepted form. All of it is found before anything is read or started, so no server runs here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AnalystFolder } from '../../config/analyst-folders';
import { createApp } from '../../server/app';
import { serverContextWithoutStores } from '../support/server-context';
import { typeCommand } from '../support/typed-command';

/** Files of users: an analyst without its front matter, and prices of one week. */
const folder = mkdtempSync(join(tmpdir(), 'conclave-same-'));
const ANALYSTS = join(folder, 'analysts');
const PRICES = join(folder, 'prices');
/** None, until a test puts one there. */
const analystFolders: AnalystFolder[] = [];
mkdirSync(ANALYSTS);
mkdirSync(PRICES);
writeFileSync(join(ANALYSTS, 'bare.md'), 'Say what you think of the share.\n');
const day = (date: number) => `AAPL,2025-06-0${date},1,2,0.5,1.5,100`;
writeFileSync(
  join(PRICES, 'week.csv'),
  `${['symbol,time,open,high,low,close,volume', ...[2, 3, 4, 5, 6].map(day)].join('\n')}\n`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let app: OpenAPIHono;
beforeAll(() => {
  app = createApp(serverContextWithoutStores({ analystFolders, pricesFolder: PRICES }));
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

const panel = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/panels', { symbols: ['AAPL'], ...fields }],
  type: ['panel', 'AAPL', ...flags],
  says,
});

/** A replay over the week of the file, as `competition create` and the API define it. */
const competition = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: [
    'POST',
    '/api/v1/competitions',
    { name: 'c', symbols: ['AAPL'], prices: 'week.csv', from: '2025-06-02', to: '2025-06-06', ...fields },
  ],
  type: [
    ...['competition', 'create', 'c', '--symbols=AAPL', `--prices=${join(PRICES, 'week.csv')}`],
    ...['--from=2025-06-02', '--to=2025-06-06', ...flags],
  ],
  says,
});

const live = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/competitions', { name: 'c', live: true, symbols: ['AAPL'], ...fields }],
  type: ['competition', 'create', 'c', '--live', '--symbols=AAPL', ...flags],
  says,
});

const backfill = (fields: object, flags: readonly string[], says: string): Mistake => ({
  send: ['POST', '/api/v1/schedules/desk:XETR:open/backfill', fields],
  type: ['schedules', 'backfill', 'desk:XETR:open', ...flags],
  says,
});

const times = (times_: object): Mistake =>
  setting('schedule_times', times_, 'for schedule_times an object of MARKET:kind with a local time');

const USD = 'accepted: US dollars as text with up to six places, such as "25" or "7.50"';
const PRICE = 'accepted: US dollars per 1M tokens as text, such as "0.15"';
const RATING = 'accepted: a number from 0 (useless) to 10 (perfect)';
const REASON = 'accepted: a few words that say why; they are kept';

const TWO_PLACES = 'is given beside asOf; accepted: one of them, an as-of has a world of its own';
const BOTH = { asOf: '2025-06-03', world: 'synthetic' };
const BOTH_TYPED = ['--as-of=2025-06-03', '--world=synthetic'];

const MISTAKES: readonly (readonly [string, Mistake])[] = [
  ['a decision in two places', decide(BOTH, BOTH_TYPED, TWO_PLACES)],
  ['research in two places', research(BOTH, BOTH_TYPED, TWO_PLACES)],
  ['a panel in two places', panel(BOTH, BOTH_TYPED, TWO_PLACES)],
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
  ['a schedule of an unknown exchange', times({ 'XXXX:warming': '07:00' })],
  ['a schedule in an unknown zone', times({ 'XETR:warming': '07:00 Mars/Olympus' })],
  ['a schedule in the zone of another exchange', times({ 'XETR:warming': '07:00 Asia/Tokyo' })],
  ['a schedule in the hour that daylight saving repeats', times({ 'XETR:warming': '02:30' })],
  ['a schedule in the hour that New York repeats', times({ 'XNYS:end_of_day': '01:30' })],
  ['a schedule of a kind whose time decides', times({ 'XETR:open': '09:30' })],
  ['a backfill without a period', backfill({}, [], 'is missing; accepted: an instant such as')],
  [
    'a backfill from a day',
    backfill(
      { from: '2026-11-16', to: '2026-11-17T00:00:00Z' },
      ['--from=2026-11-16', '--to=2026-11-17T00:00:00Z'],
      'accepted',
    ),
  ],
  [
    'a backfill that runs backward',
    backfill(
      { from: '2026-11-17T00:00:00Z', to: '2026-11-16T00:00:00Z' },
      ['--from=2026-11-17T00:00:00Z', '--to=2026-11-16T00:00:00Z'],
      'is not before to 2026-11-16T00:00:00Z; accepted: a period that runs forward',
    ),
  ],
  [
    'an unknown analyst',
    panel({ analysts: ['nobody'] }, [`--analysts-folder=${folder}`, '--analysts=nobody'], 'accepted: '),
  ],
  [
    'a competition over a period without prices',
    competition(
      { from: '2025-07-01', to: '2025-07-08' },
      ['--from=2025-07-01', '--to=2025-07-08'],
      'no prices: the bars of AAPL in week.csv run from 2025-06-02 to 2025-06-06; accepted: a period within them',
    ),
  ],
  [
    'a competition over days that are closed',
    competition(
      { from: '2025-06-07', to: '2025-06-08' },
      ['--from=2025-06-07', '--to=2025-06-08'],
      'no trading day from 2025-06-07 to 2025-06-08; accepted: a period with one',
    ),
  ],
  [
    'a competition that runs backward',
    competition(
      { to: '2025-06-01' },
      ['--to=2025-06-01'],
      'is after to 2025-06-01; accepted: a period that runs',
    ),
  ],
  [
    'a competition of a symbol that the file does not have',
    competition(
      { symbols: ['ZZZZ'] },
      ['--symbols=ZZZZ'],
      'ZZZZ is not in week.csv, which has 1 symbols: AAPL',
    ),
  ],
  [
    'a competition of an exchange without a calendar',
    competition({ symbols: ['AAPL.XX'] }, ['--symbols=AAPL.XX'], 'accepted: .DE, .L, .PA, .T, -USD or none'),
  ],
  [
    'a replay in a world of another',
    competition(
      { world: 'synthetic' },
      ['--world=synthetic'],
      'belongs to a live competition; accepted: none',
    ),
  ],
  [
    'a live competition of a contract of a prediction market',
    live(
      { symbols: ['market:kalshi/KXFED-26DEC-T4.00'] },
      ['--symbols=market:kalshi/KXFED-26DEC-T4.00'],
      'has no daily bars',
    ),
  ],
  [
    'a live competition with prices',
    live({ from: '2025-06-02' }, ['--from=2025-06-02'], 'accepted: neither'),
  ],
  ['a live competition in an unknown world', live({ world: 'mars' }, ['--world=mars'], 'accepted: live, or')],
  [
    'a competition whose name cannot be used',
    {
      send: ['POST', '/api/v1/competitions', { name: 'My League', live: true, symbols: ['AAPL'] }],
      type: ['competition', 'create', 'My League', '--live', '--symbols=AAPL'],
      says: 'cannot be used; accepted: up to 40 small letters',
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
  ...(
    [
      ['of a decision', '/api/v1/decisions', { symbol: 'AAPL' }, ['decide', 'AAPL']],
      ['of a brief', '/api/v1/research', { symbol: 'AAPL' }, ['research', 'AAPL']],
      ['of a panel', '/api/v1/panels', { symbols: ['AAPL'] }, ['panel', 'AAPL']],
    ] as const
  ).map(([of, path, fields, words]): readonly [string, Mistake] => [
    `a world ${of}`,
    {
      send: ['POST', path, { ...fields, world: 'moon' }],
      type: [...words, '--world=moon'],
      says: 'is "moon"; accepted: live, synthetic or replay:<12 hex digits>',
    },
  ]),
  ...(
    [
      [
        'the record',
        '/api/v1/calibration?world=moon',
        ['rank', '--by=calibration', '--world=moon'],
        'is "moon"; accepted: live',
      ],
      [
        'a window',
        '/api/v1/calibration?window=1y',
        ['rank', '--by=calibration', '--window=1y'],
        'is "1y"; accepted: 1h, 6h, 24h',
      ],
      [
        'a group of the cache',
        '/api/v1/cache?by=x',
        ['cache', '--by=x'],
        'is "x"; accepted: overall, subject, kind',
      ],
      [
        'a world of the cache',
        '/api/v1/cache?world=moon',
        ['cache', '--world=moon'],
        'is "moon"; accepted: live',
      ],
      [
        'no alerts',
        '/api/v1/alerts?limit=0',
        ['alerts', '--limit=0'],
        'is "0"; accepted: a whole number from 1 to 500',
      ],
      [
        'too much history',
        '/api/v1/settings/history?limit=501',
        ['settings', 'history', '--limit=501'],
        'is "501"; accepted: a whole number from 1 to 500',
      ],
      [
        'a count in letters',
        '/api/v1/settings/history?limit=x',
        ['settings', 'history', '--limit=x'],
        'is "x"; accepted: a whole number from 1 to 500',
      ],
    ] as const
  ).map(([title, path, type, says]): readonly [string, Mistake] => [
    title,
    { send: ['GET', path], type, says },
  ]),
  ...(
    [
      [
        'a group of spend',
        '/api/v1/spend?by=colour',
        ['spend', '--by=colour'],
        'is "colour"; accepted: model, provider, category',
      ],
      [
        'a time of spend',
        '/api/v1/spend?from=yesterday',
        ['spend', '--from=yesterday'],
        'is "yesterday"; accepted: a day such as 2026-11-20, or an instant',
      ],
      [
        'a month of spend',
        '/api/v1/spend?to=2026-11',
        ['spend', '--to=2026-11'],
        'is "2026-11"; accepted: a day such as',
      ],
      [
        'a year of spend before the first',
        '/api/v1/spend?from=0000-01-01',
        ['spend', '--from=0000-01-01'],
        'accepted: a day such as',
      ],
      [
        'the world of what skill costs',
        '/api/v1/spend/skill?world=moon',
        ['spend', '--by=skill', '--world=moon'],
        'is "moon"; accepted: live',
      ],
    ] as const
  ).map(([title, path, type, says]): readonly [string, Mistake] => [
    title,
    { send: ['GET', path], type, says },
  ]),
  [
    'a kind of schedule',
    {
      send: ['POST', '/api/v1/schedules/sync', { kinds: ['open', 'lunch'] }],
      type: ['schedules', 'sync', '--kinds=open,lunch'],
      says: 'is "lunch"; accepted: warming, paper_orders',
    },
  ],
  ...(
    [
      ['weights below zero', { a: -1 }, 'a=-1', 'is -1; accepted: a number of at least 0'],
      ['weights too large', { a: 1e7 }, 'a=1e7', 'is 10000000; accepted: a number of at most 1000000'],
      [
        'weights in words',
        { a: 2, b: 'x' },
        'a=2,b=x',
        'is {"a":2,"b":"x"}; accepted: stored, equal, now, or',
      ],
      ['weights of no name', 'best', 'best', 'is "best"; accepted: stored, equal, now, or weights from 0'],
    ] as const
  ).map(([title, weights, typed, says]): readonly [string, Mistake] => [
    title,
    {
      send: ['POST', '/api/v1/decisions/d/replay', { weights }],
      type: ['replay', 'd', `--weights=${typed}`],
      says,
    },
  ]),
  ...(
    [
      ['a world of an event', { world: 'moon' }, '--world=moon', 'is "moon"; accepted: live'],
      ['a scope of an event', { scope: 'half' }, '--scope=half', 'is "half"; accepted: symbols, everything'],
    ] as const
  ).map(([title, fields, flag, says]): readonly [string, Mistake] => [
    title,
    {
      send: ['POST', '/api/v1/events', { type: 'earnings', symbols: ['AAPL'], reason: 'x', ...fields }],
      type: ['event', 'earnings', 'AAPL', '--reason=x', flag],
      says,
    },
  ]),
  ...(
    [
      ['an entry of a watchlist', { symbols: ['A$%'] }, ['A$%'], 'accepted'],
      ['a watchlist of nothing', { symbols: [] }, [','], 'accepted: at least one symbol'],
      [
        'a watchlist of an unknown market',
        { symbols: ['AAPL'], market: 'XXXX' },
        ['AAPL', '--market=XXXX'],
        'accepted: XETR, XNYS',
      ],
    ] as const
  ).map(([title, fields, words, says]): readonly [string, Mistake] => [
    title,
    { send: ['POST', '/api/v1/watchlists', fields], type: ['watchlist', 'add', ...words], says },
  ]),
  ['no quorum', panel({ quorum: 0 }, ['--quorum=0'], 'is 0; accepted: a whole number from 1 to 100')],
  [
    'a quorum in words',
    panel({ quorum: 'x' }, ['--quorum=x'], 'is "x"; accepted: a whole number from 1 to 100'),
  ],
  [
    'a quorum of more than there are',
    panel({ quorum: 99 }, ['--quorum=99'], 'is 99; accepted: at most 17, the analysts'),
  ],
  [
    'no time',
    panel({ deadlineSeconds: 0 }, ['--deadline=0'], 'is 0; accepted: a whole number from 1 to 86400'),
  ],
  [
    'a time in words',
    panel({ deadlineSeconds: 'x' }, ['--deadline=x'], 'is "x"; accepted: a whole number from 1 to 86400'),
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

const refusedAlike = async ({ send, type, says }: Mistake): Promise<void> => {
  const { status, problem } = await sent(send);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: expect.anything() })]);
  const byApi = behindField(problem.errors?.[0]?.message);
  expect(byApi).toContain(says);
  const { code, json } = await typeCommand(type);
  expect([code, behindField(json.error.message)]).toEqual([2, byApi]);
};

test.each(MISTAKES)('%s is refused alike by API and command line', (_title, mistake) =>
  refusedAlike(mistake),
);

test('an analyst whose file has no front matter is refused alike by API and command line', async () => {
  analystFolders.push({ path: ANALYSTS, namedBy: 'the test' });
  await refusedAlike(
    panel(
      {},
      [`--analysts-folder=${ANALYSTS}`],
      'bare.md: there is no front matter; accepted: a file that begins with ---',
    ),
  );
  analystFolders.pop();
});

test('a folder of analysts that is named and not there is refused alike by API and command line', async () => {
  const path = join(folder, 'none');
  analystFolders.push({ path, namedBy: '--analysts-folder' });
  await refusedAlike(panel({}, [`--analysts-folder=${path}`], `${path} is not there; accepted: a folder`));
  analystFolders.pop();
});

test('a price file beside the folder of price files cannot be named by API', async () => {
  for (const prices of ['../analysts/bare.md', '/etc/hosts', '..', '.week.csv'])
    expect(
      await sent(['POST', '/api/v1/competitions', { name: 'c', symbols: ['AAPL'], prices }]),
    ).toMatchObject({ status: 400, problem: { errors: [{ field: 'prices' }] } });
});
