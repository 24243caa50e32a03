import type { BriefContent, SourceItem } from '../../domain/research/brief';
import {
  briefQuality,
  contradictedFigures,
  figuresFromFeed,
  lowQualityText,
  type QualityQuestion,
} from '../../domain/research/quality';
import { isSupported, numbersIn } from '../../domain/research/text-numbers';

const AS_OF = '2026-03-02T14:00:00.000Z';

const content: BriefContent = {
  thesis: 'SAP closed at 231.45 and rose 4.2% over a month of trading, ahead of its 20-day mean of 225.1.',
  drivers: ['Cloud revenue of 4.3 billion', 'Volume was 1.6 times its mean'],
  risks: ['Volatility of 28.4% a year is in the upper third'],
  peers: 'Peers rose by a median of 1.1%.',
  volatility: '20-day volatility is 28.4% a year.',
  upcoming: ['Earnings on 2026-04-21'],
  figures: { lastClose: 231.45, return21dPercent: 4.2 },
};

const feed = {
  lastClose: 231.4523,
  return21dPercent: 4.1987,
  sma20: 225.1,
  cloudRevenue: 4_312_000_000,
  volumeRatio: 1.6,
  volatility20dPercent: 28.4,
  peerMedian: 1.1,
};

const source = (name: string, change: Partial<SourceItem> = {}): SourceItem => ({
  source: name,
  title: 'A headline',
  publicAt: '2026-03-01T09:00:00.000Z',
  fetchedAt: AS_OF,
  ...change,
});

const question = (change: Partial<QualityQuestion> = {}): QualityQuestion => ({
  content,
  sources: [source('yahoo'), source('rss')],
  kind: 'complete',
  feed,
  asOf: AS_OF,
  ...change,
});

describe('quality of a brief by rule', () => {
  test('is said to be low where a figure is wrong, whatever else is right, and not above', () => {
    const wrong = briefQuality(question({ content: { ...content, figures: { lastClose: 400 } } })).quality;
    expect(lowQualityText(wrong)).toBe('The brief it rests on is of low quality: 40 of 100');
    expect(lowQualityText(12.4)).toBe('The brief it rests on is of low quality: 12 of 100');
    expect(lowQualityText(41)).toBeNull();
  });

  test('falls by each event ahead whose day no source names', () => {
    expect(briefQuality(question({ upcoming: ['2026-04-21: earnings'] })).quality).toBe(100);
    expect(briefQuality(question({ upcoming: [] }))).toMatchObject({
      quality: 93,
      problems: ['the day of "Earnings on 2026-04-21" is in no data'],
    });
  });

  test('a complete, supported, fresh brief has 100', () => {
    expect(briefQuality(question())).toMatchObject({
      quality: 100,
      problems: [],
      unsupported: [],
      contradicted: [],
    });
  });

  test('a number that is in no data costs points and is named', () => {
    const made = { ...content, risks: ['Short interest of 17.3% is high'] };
    const verdict = briefQuality(question({ content: made }));
    expect(verdict.unsupported).toEqual(['17.3%']);
    expect(verdict.quality).toBe(93);
    expect(verdict.problems).toEqual(['17.3% in the text is in no data']);
  });

  test('a figure of the brief cannot vouch for itself where there is a feed', () => {
    const made = {
      ...content,
      drivers: ['Backlog of 987 units', 'Volume was 1.6 times'],
      figures: { backlog: 987 },
    };
    expect(briefQuality(question({ content: made })).unsupported).toEqual(['987']);
    expect(briefQuality(question({ content: made, feed: null })).unsupported).not.toContain('987');
  });

  test('a number quoted from a source is supported by it', () => {
    const made = { ...content, risks: ['A fine of 55 million looms'] };
    const sources = [source('yahoo'), source('rss', { title: 'SAP faces fine of 55 million' })];
    expect(briefQuality(question({ content: made, sources })).quality).toBe(100);
  });

  test('a figure that contradicts the feed caps the quality at 40', () => {
    const made = { ...content, figures: { last_close: 251.45 } };
    const verdict = briefQuality(question({ content: made }));
    expect(verdict.contradicted).toEqual(['last_close']);
    expect(verdict.quality).toBe(40);
  });

  test('a source from after the as-of instant caps it too', () => {
    const sources = [source('yahoo'), source('rss', { publicAt: '2026-03-02T14:00:00.001Z' })];
    expect(briefQuality(question({ sources })).quality).toBe(40);
  });

  test.each([
    ['no sources', { sources: [] }, 70, 'no source is cited'],
    ['one source', { sources: [source('yahoo')] }, 93, null],
    [
      'stale sources',
      {
        sources: [
          source('a', { publicAt: '2026-01-01T00:00:00.000Z' }),
          source('b', { publicAt: '2026-01-01T00:00:00.000Z' }),
        ],
      },
      85,
      'the newest source is 60 days old',
    ],
    [
      'a short thesis',
      { content: { ...content, thesis: 'Buy.' } },
      90,
      'the thesis is shorter than 60 characters',
    ],
    ['one driver', { content: { ...content, drivers: ['One'] } }, 93, 'fewer than two drivers'],
    ['no risks', { content: { ...content, risks: [' '] } }, 93, 'no risk is named'],
    ['no peers', { content: { ...content, peers: '' } }, 96, 'no sector or peer comparison'],
    ['no volatility', { content: { ...content, volatility: '' } }, 96, 'no volatility context'],
    ['no figures', { content: { ...content, figures: {} } }, 97, 'no figure from the data feed'],
  ])('%s gives less', (_name, change, quality, problem) => {
    const verdict = briefQuality(question(change));
    expect(verdict.quality).toBe(quality);
    if (problem !== null) expect(verdict.problems).toContain(problem);
  });

  test('financial research may rest on a filing two months old and needs no volatility', () => {
    const sources = [
      source('edgar', { publicAt: '2026-01-10T00:00:00.000Z' }),
      source('yahoo', { publicAt: '2026-01-10T00:00:00.000Z' }),
    ];
    const made = { ...content, volatility: '' };
    expect(briefQuality(question({ kind: 'financial', sources, content: made })).quality).toBe(100);
  });

  test('a stored brief carries the feed’s values alone, whatever a model wrote', () => {
    const told = { last_close: 999, targetPrice: 500, return21dPercent: 4.2, broken: Number.NaN };
    expect(
      figuresFromFeed(told, { lastClose: 231.45, return21dPercent: 4.1987, broken: Number.NaN }),
    ).toEqual({
      last_close: 231.45,
      return21dPercent: 4.1987,
    });
  });

  test('small figures are compared as closely as large ones, and with their signs', () => {
    const feed = { return1d: -0.004, return5d: -0.0005, lastClose: 0.0012 };
    expect(contradictedFigures({ return1d: 0.004, return5d: 0.009, lastClose: 0.0095 }, feed)).toEqual([
      ...['return1d', 'return5d', 'lastClose'],
    ]);
    expect(contradictedFigures({ return1d: -0.004, return5d: -0.00046, lastClose: 0.0012 }, feed)).toEqual(
      [],
    );
    expect(
      contradictedFigures({ close: 227.9, up: 0.5714, flat: 0 }, { close: 228.14, up: 0.571429, flat: 4e-5 }),
    ).toEqual([]);
    expect(contradictedFigures({ close: 226.9, tiny: -4e-5 }, { close: 228.14, tiny: 4e-5 })).toEqual([
      'close',
      'tiny',
    ]);
  });

  test('an infinite figure is a contradiction', () => {
    expect(contradictedFigures({ x: Number.POSITIVE_INFINITY }, {})).toEqual(['x']);
  });
});

describe('numbers in text', () => {
  test('dates, years, times, lengths and ordinals are no claims', () => {
    expect(
      numbersIn(
        'On 2026-03-02 at 14:30, in 2025, its 20-day and 63 trading days mean, the 3rd of Q4, March 14',
      ),
    ).toEqual([]);
  });

  test.each([
    ['$1,234.50', 1234.5],
    ['-3.2%', -3.2],
    ['4.3 billion', 4.3e9],
    ['17bn', 17e9],
    ['5 percent', 5],
  ])('%s is read', (text, value) => {
    expect(numbersIn(`It was ${text} then`).map((one) => one.value)).toEqual([value]);
  });

  test('support allows the rounding written, a share for a per cent, and no more', () => {
    const claim = (text: string) => numbersIn(text)[0] as never;
    expect(isSupported(claim('231.5'), [231.4523])).toBe(true);
    expect(isSupported(claim('231.6'), [231.4523])).toBe(false);
    expect(isSupported(claim('12%'), [0.1204])).toBe(true);
    expect(isSupported(claim('fell 3.2%'), [-3.21])).toBe(true);
    expect(isSupported(claim('7 drivers'), [])).toBe(true);
    expect(isSupported(claim('7%'), [])).toBe(false);
  });
});
