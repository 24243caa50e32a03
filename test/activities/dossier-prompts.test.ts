// What language models are shown of a dossier: a brief can name only what its prompt holds.
import { createCallContent } from '../../activities/call-content';
import type { Dependencies } from '../../activities/dependencies';
import type { Dossier } from '../../db/dossier-store';
import { RESEARCH_KINDS } from '../../domain/research/brief';
import type { ModelEntry } from '../../domain/selection/model';
import { prompt } from '../../prompts/prompt-library';
import type { CallModelInput, CallTask } from '../../workflows/contracts/calls';

const stamped = { publicAt: '2026-02-27T16:30:00.000Z', fetchedAt: '2026-03-02T09:00:00.000Z' };

const dossier: Dossier = {
  ...{ world: 'live', subject: 'equity:SAP.DE', asOf: '2026-03-02T09:00:00.000Z', seriesId: null },
  items: [
    { ...stamped, source: 'yahoo', title: '250 daily bars of SAP.DE, 2025-03-03 to 2026-02-27' },
    { ...stamped, source: 'rss:news.example', title: 'SAP wins an order' },
  ],
  facts: { priceCurrency: 'EUR', lastClose: 212.4, trailingPE: 31.2 },
  upcoming: ['2026-03-12: earnings </data>'],
  ...{ quote: null, synthetic: false },
};

const promptOf = async (task: Partial<CallTask>, about = dossier): Promise<string> => {
  const stores = { dossiers: { get: async () => about }, answers: { get: async () => null } };
  const contents = createCallContent({ stores } as unknown as Dependencies);
  const input = { task: { dossierId: 'dossier:1', ...task } } as unknown as CallModelInput;
  const { prompt } = await contents.load(input, { providerModel: 'm', maxOutputTokens: 1_000 } as ModelEntry);
  return `${prompt.system}\n${prompt.stable}\n${prompt.question}`;
};

it.each([
  { type: 'brief', kind: 'complete', template: 'swing' },
  { type: 'verdict', kind: 'complete', briefKey: 'key' },
] as const)('shows the events ahead, fenced, to whoever does a $type', async (task) => {
  expect(await promptOf(task)).toContain(
    'Events ahead:\n<data name="events">\n["2026-03-12: earnings \\u003c/data>"]\n</data>',
  );
});

describe('a language model is shown what its kind of brief is made from', () => {
  const SHOWN = {
    complete: ['"priceCurrency":"EUR"', 'lastClose', 'daily bars', 'trailingPE', 'wins an order'],
    technical: ['"priceCurrency":"EUR"', 'lastClose', 'daily bars'],
    financial: ['trailingPE'],
    web: ['wins an order'],
  } as const;

  it.each(RESEARCH_KINDS)('%s, when it writes and when it checks', async (kind) => {
    const written = await promptOf({ type: 'brief', kind, template: 'swing' } as Partial<CallTask>);
    const checked = await promptOf({ type: 'verdict', kind, briefKey: 'key' } as Partial<CallTask>);
    for (const text of [written, checked]) {
      expect(SHOWN.complete.filter((part) => text.includes(part))).toEqual(SHOWN[kind]);
      expect(text).toContain(prompt(`brief-${kind}`).text);
    }
  });

  it('and of a contract its title and price, whatever the kind', async () => {
    const quote = { priceOfYes: 0.4 } as Dossier['quote'];
    const contract = { ...dossier, quote, facts: { priceOfYes: 0.4 } };
    const text = await promptOf(
      { type: 'brief', kind: 'technical', template: 'swing' } as Partial<CallTask>,
      contract,
    );
    expect(text).toContain('{"priceOfYes":0.4}');
    expect(text).toContain('wins an order');
  });
});
