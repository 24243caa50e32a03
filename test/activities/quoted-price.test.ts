// A contract is asked about for weeks under one stored statement: models must see the price that the decision
// compares with, not the first one ever seen.
import { createCallContent } from '../../activities/call-content';
import type { Dependencies } from '../../activities/dependencies';
import type { Proposition } from '../../domain/market/proposition';
import type { ModelEntry } from '../../domain/selection/model';
import { type CallModelInput, type CallTask, quotedBy } from '../../workflows/contracts/calls';

const FIRST = '2026-03-02T09:00:00.000Z';
const NOW = '2026-03-20T15:00:00.000Z';

const contract: Proposition = {
  id: 'live/market:kalshi/X/settlement',
  ...{ world: 'live', subject: 'market:kalshi/X', statement: 'Rates fall.', category: 'economics' },
  ...{ asOf: FIRST, resolvesAt: '2026-06-02T09:00:00.000Z', priceOfYes: 0.2, priceAt: FIRST },
  rule: { type: 'venue_settlement', venue: 'kalshi', contract: 'X' },
};
const share: Proposition = {
  ...contract,
  ...{ subject: 'equity:SAP.DE' },
  rule: {
    ...{ type: 'close_above', symbol: 'SAP.DE', referenceClose: 100 },
    ...{ referenceDate: '2026-03-02', resolveDate: '2026-03-09' },
  },
};

/** Ten for one, after the question was stored. */
const AFTER_SPLIT = [
  { symbol: 'SAP.DE', date: '2026-03-02', open: 10, high: 10, low: 10, close: 10, volume: 1 },
];

const load = (proposition: Proposition, task: Partial<CallTask>) => {
  const stores = {
    propositions: { get: async () => proposition },
    answers: { get: async () => null },
    briefs: { get: async (id: string) => ({ id, seriesId: id, content: {} }) },
    series: { get: async () => ({ bars: AFTER_SPLIT }) },
    panels: { wording: async () => ({ name: 'Value', body: 'Buy cheap.', needs: [] }) },
  };
  const about = { propositionId: proposition.id, briefId: null, seriesId: null, recorded: null };
  const input = { task: { ...about, answerKeys: [], dossierId: null, ...task } };
  const contents = createCallContent({ stores } as unknown as Dependencies);
  const model = { providerModel: 'm', maxOutputTokens: 1_000, statistical: false } as ModelEntry;
  return contents.load(input as unknown as CallModelInput, model);
};

it.each(['forecast', 'critique', 'analyst'] as const)('shows the price of now to a %s', async (type) => {
  const { prompt, data } = await load(contract, { type, ...quotedBy(0.7, NOW) } as Partial<CallTask>);
  expect(prompt.question).toContain('Market price or base rate of yes: 0.7000');
  expect(prompt.question).toContain(`Known until: ${NOW}`);
  expect(data.proposition).toMatchObject({ priceOfYes: 0.7, priceAt: NOW });
});

it('shows the stored price where the asker names none', async () => {
  const { data } = await load(contract, { type: 'forecast', ...quotedBy(null, null) });
  expect(data.proposition).toEqual(contract);
});

it('shows no price where the venue has none now, instead of the first one', async () => {
  const { prompt, data } = await load(contract, { type: 'forecast', ...quotedBy(null, NOW) });
  expect(prompt.question).not.toContain('Market price');
  expect(data.proposition).toMatchObject({ priceOfYes: null, asOf: NOW });
});

it('keeps what is known of a share at its last close', async () => {
  const { data } = await load(share, { type: 'forecast', ...quotedBy(0.5, NOW) });
  expect(data.proposition).toMatchObject({ asOf: FIRST, priceOfYes: 0.5 });
});

it.each([
  ['forecast', { seriesId: 'series' }],
  ['analyst', { seriesId: 'series' }],
  ['critique', { briefId: 'series' }],
] as const)('asks a %s about a share in the prices of the bars that go with it', async (type, about) => {
  const { prompt, data } = await load(share, { type, ...about } as Partial<CallTask>);
  expect(prompt.question).toContain(
    'The close of SAP.DE on 2026-03-09 is above its close of 10 on 2026-03-02',
  );
  expect(data.proposition).toMatchObject({ id: share.id, rule: { referenceClose: 10 } });
});

it('leaves a question as it was stored where its bars lack the day', async () => {
  const other = { ...share.rule, referenceDate: '2026-02-27' } as Proposition['rule'];
  const { data } = await load({ ...share, rule: other }, { type: 'forecast', seriesId: 'series' });
  expect(data.proposition).toEqual({ ...share, rule: other });
});
