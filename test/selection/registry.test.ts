import registryFile from '../../data/models.json';
import { siblingOf } from '../../domain/research/research-model';
import { editedEntry, parseModelEntry, parseRegistry } from '../../domain/selection/registry';

const ALL = parseRegistry(registryFile);
const valid = () => structuredClone(ALL[0]) as unknown as Record<string, unknown>;

describe('the seed registry', () => {
  test('has at least thirty models of all makers, each hosted one with a dated price', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(38);
    expect(new Set(ALL.map((model) => model.id)).size).toBe(ALL.length);
    const providers = new Set(ALL.map((model) => model.provider));
    for (const name of ['openai', 'anthropic', 'xai', 'deepseek', 'openrouter', 'ollama'])
      expect(providers).toContain(name);
    for (const maker of ['qwen/', 'google/', 'mistralai/'])
      expect(ALL.some((model) => model.providerModel.startsWith(maker))).toBe(true);
    for (const model of ALL) expect(model.price !== null).toBe(!model.local);
  });

  test('charges no cache read above input, and no output below a tenth of input', () => {
    for (const { id, price } of ALL) {
      if (price === null) continue;
      expect([id, (price.cachedInputPer1M ?? 0) <= price.inputPer1M]).toEqual([id, true]);
      expect([id, price.outputPer1M * 10 >= price.inputPer1M]).toEqual([id, true]);
    }
  });

  test.each([
    ['gpt-4-turbo', 'gpt-3.5-turbo'],
    ['claude-3-opus', 'claude-3-haiku'],
    ['claude-opus-5-5', 'claude-haiku-4-5'],
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['somebody-elses-model', 'somebody-elses-model'],
  ])('research for %s is done by %s', (model, sibling) => {
    expect(siblingOf(model, ALL)).toBe(sibling);
  });

  test('knows the day on which a name ends, and lets no researcher go before its principal', () => {
    const ends = new Map(ALL.map(({ id, retirement }) => [id, retirement?.on ?? '9999-12-31']));
    expect(ends.get('deepseek-chat')).toBe('2026-07-24');
    for (const { id, researchSibling } of ALL) {
      if (researchSibling) expect([id, ends.get(researchSibling)! >= ends.get(id)!]).toEqual([id, true]);
    }
  });

  test('a sibling is of the same provider and never dearer', () => {
    for (const model of ALL) {
      const sibling = ALL.find((one) => one.id === siblingOf(model.id, ALL));
      expect(sibling?.provider).toBe(model.provider);
      if (model.price && sibling?.price)
        expect([model.id, sibling.price.outputPer1M <= model.price.outputPer1M]).toEqual([model.id, true]);
    }
  });
});

describe('entries from outside', () => {
  test.each([
    ['id', '', 'id is ""; accepted: letters'],
    ['provider', 'Open AI', 'provider is "Open AI"; accepted: a provider name'],
    ['quality', 11, 'quality is 11; accepted: a number from 0 to 10'],
    ['quality', '9', 'quality is "9"; accepted: a number from 0 to 10'],
    ['quality', Number.NaN, 'quality is null; accepted: a number'],
    ['contextTokens', 1.5, 'contextTokens is 1.5; accepted: a whole number'],
    ['maxOutputTokens', undefined, 'maxOutputTokens is missing; accepted'],
    ['strengths', 'prose', 'strengths is "prose"; accepted: a list of prose, '],
    ['strengths', ['poetry'], 'strengths is "poetry"; accepted: a list of prose, '],
    ['speed', 'warp', 'speed is "warp"; accepted: very_fast, fast, medium, slow'],
    ['local', 'no', 'local is "no"; accepted: true or false'],
    ['keyName', 'my key', 'keyName is "my key"; accepted: the name of an environment variable'],
    [
      'price',
      { validFrom: '2026-01-01', inputPer1M: 0.15 },
      'inputPer1M is 0.15; accepted: whole micro-dollars',
    ],
    ['price', 3, 'price is 3; accepted: an object'],
  ])('a wrong %s (%j) is named with the accepted form', (field, value, message) => {
    expect(() => parseModelEntry({ ...valid(), [field]: value })).toThrow(message);
  });

  test('a wrong entry of a list is named by its place', () => {
    expect(() => parseRegistry({ models: [valid(), { ...valid(), speed: 'warp' }] })).toThrow(
      'models[1].speed',
    );
  });

  test('an edit keeps the id, and a new price replaces all dated ones', () => {
    const entry = ALL.find((model) => model.datedPrices !== undefined);
    if (entry === undefined) throw new Error('no dated entry in the seed');
    const price = { validFrom: '2026-12-01', inputPer1M: 1, outputPer1M: 2, source: 'my contract' };
    const edited = editedEntry(entry, { price, quality: 5 });
    expect(edited.quality).toBe(5);
    expect(edited.datedPrices).toBeUndefined();
    expect(edited.price?.inputPer1M).toBe(1);
    expect(() => editedEntry(entry, { id: 'other' })).toThrow('id is "other"');
  });
});
