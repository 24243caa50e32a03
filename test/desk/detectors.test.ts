import { isWatched, proposedEvents, type Sight } from '../../domain/desk/detectors';
import { addTradingDays } from '../../domain/market/calendar';
import { detectorSettings } from '../../domain/settings/desk-settings';
import { settingValue } from '../../domain/settings/setting-definitions';

const defaults = detectorSettings((key) => settingValue(new Map(), key));
const NOW = '2026-11-20T15:00:00.000Z';

/** Closes that alternate by one percent until Thursday the 19th, then whatever is given. */
const bars = (...last: readonly (readonly [open: number, close: number])[]) =>
  series([
    ...Array.from({ length: 24 }, (_unused, day) => [100, day % 2 === 0 ? 100 : 101] as const),
    ...last,
  ]);

const series = (days: readonly (readonly [open: number, close: number])[], before = 24) =>
  days.map(([open, close], day) => ({
    symbol: 'AAA',
    date: addTradingDays('XNYS', '2026-11-19', day - before + 1),
    open,
    close,
    high: Math.max(open, close),
    low: Math.min(open, close),
    volume: 1_000,
  }));

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

  it('propose a gap of the open only on its day', () => {
    const friday = { bars: bars([106, 101.5]) };
    expect(types({ ...friday, now: '2026-11-20T21:30:00.000Z' })).toEqual(['price_gap']);
    expect(types({ ...friday, now: '2026-11-23T13:30:00.000Z' })).toEqual([]);
  });

  it('propose a gap of the newest bar of coins, which is of yesterday', () => {
    const coins = bars([106, 101])
      .slice(-2)
      .map((bar, day) => ({ ...bar, date: `2026-11-${20 + day}` }));
    const at = (now: string) => types({ market: 'CRYPTO', bars: coins, now });
    expect(at('2026-11-22T03:00:00.000Z')).toEqual(['price_gap']);
    expect(at('2026-11-23T03:00:00.000Z')).toEqual([]);
  });

  it('propose no gap from a close that is not the one before', () => {
    const lastTrade = { price: 120, at: '2026-11-23T15:00:00.000Z' };
    expect(types({ lastTrade, now: '2026-11-23T15:00:00.000Z' })).toEqual([]);
    expect(types({ bars: bars([101, 101]), lastTrade, now: '2026-11-23T15:00:00.000Z' })).toEqual([
      'price_gap',
    ]);
    const holed = [...bars().slice(0, -1), ...bars([106, 101]).slice(-1)];
    expect(types({ bars: holed, now: '2026-11-20T21:30:00.000Z' })).toEqual([]);
  });

  it('propose a move after the close as an event of its own', () => {
    const now = '2026-11-20T22:30:00.000Z';
    const traded = (price: number, at: string) =>
      proposedEvents(sight({ bars: bars([106, 100]), lastTrade: { price, at }, now }), defaults);
    expect(traded(80, '2026-11-20T22:15:00.000Z').map(({ id }) => id)).toEqual([
      'detected:live:price_gap:AAA:2026-11-20',
      'detected:live:price_gap:AAA:2026-11-20-after-close',
    ]);
    expect(traded(80, '2026-11-20T22:15:00.000Z')[1]!.reason).toBe(
      'AAA at 80 is -20.0 % from its last close 100',
    );
    expect(traded(80, '2026-11-20T20:59:00.000Z')).toHaveLength(1);
    expect(traded(101, '2026-11-20T22:15:00.000Z')).toHaveLength(1);
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

  it('propose any move after days without one, in plain words', () => {
    const moved = (...last: readonly (readonly [number, number])[]) =>
      proposedEvents(
        sight({ bars: series([...Array.from({ length: 24 }, () => [100, 100] as const), ...last]) }),
        defaults,
      ).map(({ reason }) => reason);
    expect(moved([100, 60])).toEqual([
      expect.stringMatching(/^AAA moved -40\.0 % on 2026-11-20, after 20 days of no change$/),
    ]);
    expect(moved([100, 100])).toEqual([]);
    expect(moved([100, 100.01], [100, 60])).toEqual([
      expect.stringMatching(/, more than 100 times its usual day$/),
    ]);
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

  it('tell a second burst within one window of the clock from the first', () => {
    const first = Array.from({ length: 6 }, (_unused, minute) => `2026-11-20T14:0${minute}:00.000Z`);
    const second = Array.from({ length: 8 }, (_unused, minute) => `2026-11-20T14:1${minute}:00.000Z`);
    const counted = '2026-11-20T14:08:00.000Z';
    const idAt = (now: string, newsCountedUntil: string | null, news: readonly string[]) =>
      proposedEvents(sight({ now, news, newsCountedUntil }), defaults).map(({ id }) => id);
    const begun = idAt(counted, null, first);
    expect(begun).toEqual(['detected:live:major_news:AAA:2026-11-20T14:00:00.000Z']);
    const again = ['14:20', '14:35', '14:50', '15:05'].map((time) =>
      idAt(`2026-11-20T${time}:00.000Z`, counted, [...first, ...second]),
    );
    expect(new Set(again.flat())).toEqual(new Set([`detected:live:major_news:AAA:${counted}`]));
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
