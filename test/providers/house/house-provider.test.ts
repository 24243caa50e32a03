// The house behind the provider port: forecasts, briefs and verdicts from data, and honest abstention.
import type { Bar } from '../../../domain/market/bar';
import { figuresOf } from '../../../domain/market/figures';
import type { Proposition } from '../../../domain/market/proposition';
import { BRIEF_FORM, FORECAST_FORM, VERDICT_FORM } from '../../../domain/research/answer-forms';
import type { BriefContent } from '../../../domain/research/brief';
import { houseModelEntries } from '../../../providers/house/house-models';
import { createHouseProvider } from '../../../providers/house/house-provider';
import type { CallData } from '../../../providers/port';
import { completionRequest } from '../../support/completion-request';

const house = createHouseProvider();

const bars: readonly Bar[] = Array.from({ length: 80 }, (_, day) => {
  const close = 100 + 0.2 * day + 3 * Math.sin(day / 3);
  const date = new Date(Date.UTC(2025, 5, 1 + day)).toISOString().slice(0, 10);
  return {
    symbol: 'AAPL',
    date,
    open: close - 0.5,
    high: close + 1,
    low: close - 1,
    close,
    volume: 1000 + day,
  };
});

const closeAbove = (referenceDate: string): Proposition => ({
  id: 'p1',
  world: 'live',
  subject: 'equity:AAPL',
  statement: 'The close five trading days on is above the last one.',
  category: 'equity',
  asOf: `${referenceDate}T20:00:00.000Z`,
  resolvesAt: '2025-08-20T20:00:00.000Z',
  rule: {
    type: 'close_above',
    symbol: 'AAPL',
    referenceDate,
    referenceClose: 100,
    resolveDate: '2025-08-20',
  },
  priceOfYes: 0.53,
  priceAt: null,
});

const market: Proposition = {
  ...closeAbove('2025-08-01'),
  subject: 'market:kalshi/X',
  rule: { type: 'venue_settlement', venue: 'kalshi', contract: 'X' },
  priceOfYes: 0.31,
};

const ask = (id: string, data: CallData, schema = FORECAST_FORM) =>
  house.complete(
    completionRequest({ model: houseModelEntries().find((entry) => entry.id === id)!, data, schema }),
  );

const probability = async (id: string, data: CallData): Promise<number> =>
  ((await ask(id, data)).answer as { p_yes: number }).p_yes;

describe('the house provider', () => {
  it('answers an equity with every bar model, at no cost', async () => {
    const proposition = closeAbove('2025-08-13');
    for (const { id } of houseModelEntries().filter(({ strengths }) =>
      strengths.includes('technical_analysis'),
    )) {
      const completion = await ask(id, { bars, proposition });
      expect(completion).toMatchObject({ costMicroUsd: 0, answer: { p_yes: expect.any(Number) } });
    }
  });

  it('drops bars after the reference close: bars of the future change nothing', async () => {
    const proposition = closeAbove('2025-08-01');
    const future = bars.map((bar) => (bar.date > '2025-08-01' ? { ...bar, close: bar.close * 3 } : bar));
    for (const id of ['house-drift', 'house-momentum', 'house-analogue', 'house-logistic'])
      expect(await probability(id, { bars: future, proposition })).toBe(
        await probability(id, { bars, proposition }),
      );
  });

  it('answers a market with its price, and abstains from it with a bar model', async () => {
    expect(await probability('house-market-price', { proposition: market })).toBe(0.31);
    await expect(ask('house-momentum', { proposition: market, bars })).rejects.toMatchObject({
      kind: 'no_data',
    });
    await expect(ask('house-market-price', { proposition: closeAbove('2025-08-01') })).rejects.toMatchObject({
      kind: 'no_data',
    });
  });

  it('takes the price of a recorded question from its row', async () => {
    const recorded = createHouseProvider({ recordedPrice: async () => 0.12 });
    const model = houseModelEntries().find(({ id }) => id === 'house-market-price')!;
    const request = completionRequest({ model, data: { recordedRowId: 'r' } });
    expect((await recorded.complete(request)).answer).toMatchObject({ p_yes: 0.12 });
  });

  it('writes a brief whose every figure is the data feed’s, and verifies it well', async () => {
    const asOf = `${bars.at(-1)!.date}T22:00:00.000Z`;
    const news = ['yahoo', 'rss:feeds.test'].map((source) => ({
      ...{ source, title: 'A quiet day', publicAt: asOf, fetchedAt: asOf },
    }));
    const data: CallData = {
      ...{ bars, peers: { MSFT: bars }, proposition: closeAbove('2025-08-19'), news, asOf },
    };
    const brief = (await ask('house-research', data, BRIEF_FORM)).answer as BriefContent;
    expect(brief.thesis).toContain('without a language model');
    expect(brief.figures.lastClose).toBeCloseTo(bars.at(-1)!.close, 3);
    const verdict = (await ask('house-research', { ...data, brief }, VERDICT_FORM)).answer;
    expect((verdict as { quality: number }).quality).toBe(100);
  });

  it('tells facts in words and compares with peers, whatever order a store gave them in', async () => {
    const facts = {
      peers: 3,
      ...figuresOf(bars),
      trailingPE: 28.123456789,
      ...{ priceToBook: 4.5, profitMargin: 0.21, revenueGrowth: 0.1, peerMedianReturn21dPercent: 1.25 },
    };
    const data: CallData = { bars, facts };
    const brief = (await ask('house-research', data, BRIEF_FORM)).answer as BriefContent;
    expect(brief.peers).toMatch(/^Median of 3 peers over a month: \+1\.25 %, against /);
    expect(brief.drivers).toEqual(expect.arrayContaining(['trailing PE: 28.1235.', 'revenue growth: 0.1.']));
    expect(brief.drivers.join('\n')).not.toMatch(/return1d|lastClose|peers:/);
    const verdict = (await ask('house-research', { ...data, brief }, VERDICT_FORM)).answer;
    expect(JSON.stringify(verdict)).not.toMatch(/is in no data|contradicts/);
  });

  it('lowers the quality of a brief whose figure contradicts the feed, and names it', async () => {
    const data: CallData = { bars };
    const brief = (await ask('house-research', data, BRIEF_FORM)).answer as BriefContent;
    const wrong = { ...brief, figures: { ...brief.figures, lastClose: 1 } };
    const verdicts = await Promise.all(
      [brief, wrong].map(
        async (one) => (await ask('house-research', { ...data, brief: one }, VERDICT_FORM)).answer,
      ),
    );
    const [before, after] = verdicts as { quality: number; problems: string[] }[];
    expect(after!.quality).toBeLessThan(before!.quality);
    expect(after!.problems).toContain('figure lastClose contradicts the data feed');
  });

  it('writes a brief even without any data, and says what is missing', async () => {
    const brief = (await ask('house-research', {}, BRIEF_FORM)).answer as BriefContent;
    expect(brief.thesis).toContain('No price history');
    expect(brief.figures).toEqual({});
  });
});
