import { isWatched, proposedEvents, type Sight } from '../../domain/desk/detectors';
import { detectorSettings } from '../../domain/settings/desk-settings';
import { settingValue } from '../../domain/settings/setting-definitions';

const defaults = detectorSettings((key) => settingValue(new Map(), key));
const NOW = '2026-11-20T15:00:00.000Z';

/** Closes that alternate by one percent, then whatever is given. */
const bars = (...last: readonly (readonly [open: number, close: number])[]) =>
  [...Array.from({ length: 24 }, (_unused, day) => [100, day % 2 === 0 ? 100 : 101] as const), ...last].map(
    ([open, close], day) => ({
      symbol: 'AAA',
      date: new Date(Date.UTC(2026, 9, 26 + day)).toISOString().slice(0, 10),
      open,
      close,
      high: Math.max(open, close),
      low: Math.min(open, close),
      volume: 1_000,
    }),
  );

const sight = (changes: Partial<Sight>): Sight => ({
  world: 'live',
  market: 'XNYS',
  symbol: 'AAA',
  now: NOW,
  bars: bars(),
  lastTrade: null,
  news: [],
  newsCountedUntil: null,
  earningsDates: [],
  earningsAt: null,
  ...changes,
});

const types = (changes: Partial<Sight>, settings = defaults): readonly string[] =>
  proposedEvents(sight(changes), settings).map(({ type }) => type);

describe('detectors', () => {
  it('see nothing on a usual day', () => {
    expect(types({ earningsDates: ['2026-11-19', '2026-11-21'], news: [NOW, NOW] })).toEqual([]);
  });

  it('propose earnings on the day of the report in the exchange zone', () => {
    expect(types({ earningsDates: ['2026-11-20'] })).toEqual(['earnings']);
    expect(types({ earningsDates: ['2026-11-20'], now: '2026-11-21T02:00:00.000Z' })).toEqual(['earnings']);
  });

  it('propose earnings once they are out where the hour is known, and until a day later', () => {
    const [earningsDates, earningsAt] = [['2026-11-20'], '2026-11-20T21:00:00.000Z'];
    const at = (now: string) => types({ earningsDates, earningsAt, now });
    expect(at('2026-11-20T13:00:00.000Z')).toEqual([]);
    expect(at('2026-11-20T21:14:59.000Z')).toEqual([]);
    expect(at('2026-11-20T21:15:00.000Z')).toEqual(['earnings']);
    expect(at('2026-11-21T20:00:00.000Z')).toEqual(['earnings']);
    expect(at('2026-11-21T21:00:00.000Z')).toEqual([]);
  });

  it('look at a market from 90 minutes before its open until two hours after its close', () => {
    const at = (time: string, day = '2026-11-20') => isWatched('XNYS', `${day}T${time}.000Z`);
    expect(['12:59:59', '13:00:00', '22:59:59', '23:00:00'].map((time) => at(time))).toEqual([
      ...[false, true, true, false],
    ]);
    expect(at('15:00:00', '2026-11-21')).toBe(false);
    expect(isWatched('CRYPTO', '2026-11-21T03:00:00.000Z')).toBe(true);
  });

  it('propose a gap of an open, or of the last trade before there is a bar', () => {
    expect(types({ bars: bars([106, 101.5]) })).toEqual(['price_gap']);
    expect(types({ lastTrade: { price: 94, at: NOW } })).toEqual(['price_gap']);
    expect(types({ bars: bars([106, 101.5]) }, { ...defaults, gap: 0.06 })).toEqual([]);
  });

  it('propose a jump of volatility against the twenty days before', () => {
    expect(types({ bars: bars([101, 106]) })).toEqual(['volatility_jump']);
    expect(types({ bars: bars([101, 106]) }, { ...defaults, volatility: 8 })).toEqual([]);
  });

  it('propose a burst of news within the window, and not the same headlines spread over a day', () => {
    const within = (minutes: number) =>
      Array.from({ length: 6 }, (_unused, index) =>
        new Date(Date.parse(NOW) - index * minutes * 60_000).toISOString(),
      );
    expect(types({ news: within(5) })).toEqual(['major_news']);
    expect(types({ news: within(60) })).toEqual([]);
  });

  it('count the headlines of a burst once, however often it is seen within the window', () => {
    const news = Array.from({ length: 6 }, (_unused, minute) => `2026-11-20T14:1${minute}:00.000Z`);
    const more = Array.from({ length: 6 }, (_unused, minute) => `2026-11-20T14:5${minute}:00.000Z`);
    const newsCountedUntil = '2026-11-20T14:30:00.000Z';
    expect(types({ news })).toEqual(['major_news']);
    expect(types({ news, newsCountedUntil })).toEqual([]);
    expect(types({ news: [...news, ...more], newsCountedUntil })).toEqual(['major_news']);
  });

  it('give the same sight the same id, whenever one looks', () => {
    const seen = { bars: bars([106, 101.5]), earningsDates: ['2026-11-20'] };
    const ids = (now: string) => proposedEvents(sight({ ...seen, now }), defaults).map(({ id }) => id);
    expect(ids('2026-11-20T15:15:00.000Z')).toEqual(ids('2026-11-20T20:00:00.000Z'));
  });

  it('propose nothing when they are switched off', () => {
    expect(types({ earningsDates: ['2026-11-20'] }, { ...defaults, enabled: false })).toEqual([]);
  });
});
