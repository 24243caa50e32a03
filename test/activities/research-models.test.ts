// Who writes a brief, and who takes over: nobody dearer, and of another provider where there is one.
import type { Dependencies } from '../../activities/dependencies';
import { createResearchModels } from '../../activities/research-models';
import type { ModelEntry } from '../../domain/selection/model';
import type { ResearchInput } from '../../workflows/contracts/research';

const model = (
  id: string,
  {
    provider = id,
    quality = 7,
    per1M = 1_000_000,
    outputPer1M = null as number | null,
    sibling = null as string | null,
    strengths = ['research'],
  } = {},
) =>
  ({
    ...{
      id,
      provider,
      providerModel: id,
      quality,
      researchSibling: sibling,
      maxOutputTokens: 4_000,
      keyName: null,
      strengths,
    },
    ...{ local: false, statistical: false, origin: 'user' },
    price: {
      ...{
        validFrom: '2020-01-01',
        inputPer1M: per1M,
        outputPer1M: outputPer1M ?? per1M,
        cachedInputPer1M: null,
      },
      ...{ cacheWritePer1M: null, longContext: null, source: 'test' },
    },
  }) as unknown as ModelEntry;

const writersAmong = async (
  models: readonly ModelEntry[],
  out: readonly string[] = [],
): Promise<readonly string[]> => {
  const cannotBeReached = { model: '*', available: false };
  const { choose } = createResearchModels({
    db: { query: async () => [] },
    stores: {
      registry: { list: async () => models },
      breakers: { list: async () => [] },
      health: { list: async () => out.map((provider) => ({ provider, ...cannotBeReached })) },
      worlds: { now: async () => '2026-01-10T15:00:00.000Z' },
    },
    providers: new Map(models.map(({ provider }) => [provider, {}])),
    options: { keysPresent: new Set() },
  } as unknown as Dependencies);
  const { writer } = await choose({ asOf: null } as ResearchInput);
  return writer.map((candidate) => candidate.model);
};

test('the cheap sibling of the best writes, and the best that is no dearer takes over', async () => {
  const models = [
    model('large', { provider: 'a', quality: 10, per1M: 9_000_000, sibling: 'small' }),
    model('dearer', { provider: 'b', quality: 9, per1M: 2_000_000 }),
    model('small', { provider: 'a', quality: 6 }),
    model('as cheap', { provider: 'c', quality: 5 }),
    model('worse', { provider: 'd', quality: 4 }),
  ];
  expect(await writersAmong(models)).toEqual(['small', 'as cheap']);
});

test('who has no strength for research writes only where nobody else is left', async () => {
  const able = model('able', { quality: 5 });
  const strong = model('strong', { quality: 9, strengths: ['prose'] });
  expect(await writersAmong([strong, able])).toEqual(['able', 'strong']);
  expect(await writersAmong([strong])).toEqual(['strong']);
});

test('another provider takes over before the first one does so itself', async () => {
  const own = model('own', { provider: 'a', quality: 6 });
  const first = model('first', { provider: 'a', quality: 8 });
  expect(await writersAmong([first, own, model('other', { quality: 5 })])).toEqual(['first', 'other']);
  expect(await writersAmong([first, own])).toEqual(['first', 'own']);
});

test('where all others are dearer nobody takes over', async () => {
  const cheap = model('cheap', { quality: 8 });
  expect(await writersAmong([cheap, model('dear', { per1M: 2_000_000 })])).toEqual(['cheap']);
  const dearToRead = model('dear to read', { per1M: 1_100_000, outputPer1M: 100_000 });
  expect(await writersAmong([cheap, dearToRead])).toEqual(['cheap']);
});

test('who is in service is asked before who is not, and no dearer one for that', async () => {
  const four = [8, 7, 6, 5].map((quality) => model(`q${quality}`, { quality }));
  expect(await writersAmong(four, ['q8', 'q7'])).toEqual(['q6', 'q5']);
  expect(await writersAmong(four, ['q7'])).toEqual(['q8', 'q6']);
  expect(
    await writersAmong([...four, model('dear', { per1M: 2_000_000 })], ['q8', 'q7', 'q6', 'q5']),
  ).toEqual(['q8', 'q7']);
});

test('where a sibling is out the model that it writes for does not', async () => {
  const large = model('large', { provider: 'a', quality: 10, per1M: 9_000_000, sibling: 'small' });
  const models = [large, model('small', { provider: 'b', quality: 6 }), model('other', { quality: 5 })];
  expect(await writersAmong(models, ['b'])).toEqual(['other']);
});
