// An estimate names the models that the session then pays, and its worst case holds whatever they answer.
import { createCallContent } from '../../activities/call-content';
import type { Dependencies } from '../../activities/dependencies';
import { createResearchModels } from '../../activities/research-models';
import type { ConclaveClient } from '../../client/connect';
import { estimateSession } from '../../client/estimate';
import { roughTokens, worstCaseCost, worstCaseTokens } from '../../domain/money/estimate';
import { parseUsd } from '../../domain/money/micro-usd';
import type { KnownModel } from '../../domain/selection/usable';
import type { CallModelInput, CallTask } from '../../workflows/contracts/calls';
import type { ResearchInput } from '../../workflows/contracts/research';

const model = (id: string, provider: string, quality: number, more: Partial<KnownModel> = {}): KnownModel =>
  ({
    ...{ id, provider, quality, researchSibling: null, maxOutputTokens: 64_000, keyName: `${provider}_KEY` },
    providerModel: id,
    ...{ local: false, statistical: false, origin: 'seed', contextTokens: 200_000, strengths: [] },
    price: {
      ...{ validFrom: '2020-01-01', inputPer1M: 1_000_000, outputPer1M: 10_000_000 },
      ...{ cachedInputPer1M: null, cacheWritePer1M: null, longContext: null, source: 'test' },
    },
    ...more,
  }) as KnownModel;

const cheap = { inputPer1M: 500_000, outputPer1M: 2_000_000 };
const MODELS = [
  model('best', 'a', 9, { researchSibling: 'small' }),
  model('small', 'a', 6),
  model('member', 'b', 7, { researchSibling: 'members-sibling' }),
  model('members-sibling', 'b', 5),
  model('other', 'c', 5, { price: { ...model('other', 'c', 5).price!, ...cheap } }),
  model('uncallable', 'd', 10),
];
const registry = { list: async () => MODELS };
const keysPresent = new Set(['a_KEY', 'b_KEY', 'c_KEY', 'd_KEY']);

const estimate = (members: readonly string[], stage: 'full' | 'enhanced' = 'full', providers = 'abc') =>
  estimateSession(
    { stores: { registry } } as unknown as ConclaveClient,
    { symbols: 1, members, stage },
    { profileOf: () => null, access: { providers: new Set(providers), keysPresent } },
  );

const paid = async (providers = 'abc') => {
  const none = { list: async () => [] };
  const stores = { registry, breakers: none, health: none, worlds: { now: async () => '' } };
  const { choose } = createResearchModels({
    ...{ stores, options: { keysPresent }, providers: new Set(providers), db: { query: async () => [] } },
  } as unknown as Dependencies);
  const { writer, verifier } = await choose({ asOf: null } as ResearchInput);
  return [writer[0]?.model, verifier[0]?.model];
};

it.each(['abc', 'bc', 'b'])(
  'names the writer and the verifier that a session with providers %s pays',
  async (providers) => {
    const { lines } = await estimate(['member'], 'full', providers);
    const researched = lines.filter(({ what }) => what.startsWith('brief'));
    expect(researched.map(({ model: id }) => id)).toEqual(await paid(providers));
  },
);

it('takes the members of a plan as callable before any key is set, and the house where there is none', async () => {
  expect((await estimate(['member'], 'full', '')).lines.map(({ what, model: id }) => [what, id])).toEqual([
    ...[
      ['brief', 'member'],
      ['brief check', 'member'],
    ],
    ['forecasts', 'member'],
  ]);
});

describe('the worst case of a line', () => {
  const text = 'An answer of as many words as there is room for. '.repeat(490);
  const stamped = { publicAt: '2026-03-02T09:00:00.000Z', fetchedAt: '2026-03-02T09:00:00.000Z' };
  const items = Array.from({ length: 40 }, (_, index) => ({
    ...{ ...stamped, source: 'rss:one.example', title: `Headline ${index} `.repeat(40), text },
  }));
  const facts = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`figureOfName${index}`, 1 / 7]));
  const dossier = {
    ...{ world: 'live', subject: 'equity:X', asOf: stamped.publicAt, seriesId: null, items, facts },
    ...{ upcoming: ['2026-03-12: earnings'], quote: null, synthetic: false },
  };
  const brief = { subject: 'equity:X', asOf: stamped.publicAt, content: { thesis: text } };
  const proposition = { statement: 'It rises.', priceOfYes: null, rule: { type: 'close_above' } };
  const answer = { answer: { p_yes: 0.5, reasons: [text.slice(0, 12_000)] } };
  const stores = {
    ...{ dossiers: { get: async () => dossier }, briefs: { get: async () => brief } },
    ...{ answers: { get: async () => answer }, propositions: { get: async () => proposition } },
  };
  const critiqueKeys = ['a', 'b'];
  const about = { dossierId: 'd', propositionId: 'p', seriesId: null, briefId: 'b', recorded: null };

  /** What a worker would hold back for the call: its whole prompt, and all the room it has to answer. */
  const reserved = async (task: Partial<CallTask>, of: KnownModel): Promise<number> => {
    const contents = createCallContent({ stores } as unknown as Dependencies);
    const input = { task: { ...about, kind: 'complete', template: 'swing', briefKey: 'k', ...task } };
    const { prompt, form, maxOutputTokens } = await contents.load(input as unknown as CallModelInput, of);
    const sent = `${prompt.system}\n${prompt.stable}\n${prompt.question}\n${JSON.stringify(form.jsonSchema)}`;
    return worstCaseCost(worstCaseTokens(roughTokens(sent)), maxOutputTokens, of.price!);
  };

  it.each([
    ['brief', { type: 'brief' }, 'full'],
    ['brief check', { type: 'verdict' }, 'full'],
    ['forecasts', { type: 'forecast' }, 'full'],
    ['forecasts', { type: 'forecast', critiqueKeys }, 'enhanced'],
    ['forecasts', { type: 'critique', answerKeys: critiqueKeys }, 'enhanced'],
  ] as const)('bounds a call for the %s, with all it may read and answer', async (what, task, stage) => {
    const { lines } = await estimate(['best', 'member'], stage);
    const { model: id, calls, atMostUsd } = lines.find((line) => line.what === what)!;
    const bill = await reserved(task as Partial<CallTask>, MODELS.find((one) => one.id === id)!);
    expect(bill).toBeGreaterThan(0);
    expect(parseUsd(atMostUsd)).toBeGreaterThanOrEqual(calls * bill);
  });
});
