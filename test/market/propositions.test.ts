// Propositions: stable ids, no look-ahead, and refusal of questions that are already answered.
import fc from 'fast-check';
import { knownBars } from '../../domain/market/as-of';
import type { Bar } from '../../domain/market/bar';
import { baseRateOfUp, meanMoves } from '../../domain/market/base-rate';
import { figuresOf } from '../../domain/market/figures';
import { addDays } from '../../domain/market/iso-date';
import { marketOfSymbol } from '../../domain/market/market';
import {
  equityProposition,
  questionSpans,
  recordedQuestionProposition,
  venueProposition,
} from '../../domain/market/propositions';
import { sessionInstant } from '../../domain/market/session-times';
import { syntheticBars } from '../../domain/market/synthetic-tape';

const tape = syntheticBars('TEST', 'XNYS', '2026-06-30T21:00:00.000Z');
const days = fc.integer({ min: 60, max: tape.length - 10 }).map((index) => tape[index]!.date);
const ask = (bars: readonly Bar[], asOf: string, horizonDays = 5) =>
  equityProposition({ world: 'live', symbol: 'test', bars, exchange: 'XNYS', asOf, horizonDays });

describe('equity propositions', () => {
  test('ask whether the close five trading days after the last known one is above it', () => {
    const asOf = sessionInstant('XNYS', '2025-09-15');
    const made = ask(tape, asOf);
    const last = tape.find((bar) => bar.date === '2025-09-12')!;
    expect(made).toEqual({
      id: 'live/equity:TEST/close-above/2025-09-12/2025-09-19',
      world: 'live',
      subject: 'equity:TEST',
      statement: `The close of TEST on 2025-09-19 is above its close of ${last.close} on 2025-09-12`,
      category: 'equity',
      asOf: '2025-09-12T20:00:00.000Z',
      resolvesAt: '2025-09-19T20:00:00.000Z',
      rule: {
        type: 'close_above',
        symbol: 'TEST',
        referenceDate: '2025-09-12',
        referenceClose: last.close,
        resolveDate: '2025-09-19',
      },
      priceOfYes: baseRateOfUp(knownBars(tape, 'XNYS', asOf), 5),
      priceAt: '2025-09-12T20:00:00.000Z',
    });
  });

  test('are the same when the future is removed from the bars', () => {
    fc.assert(
      fc.property(days, fc.constantFrom('pre_market', 'open', 'afternoon', 'close'), (date, kind) => {
        const asOf = sessionInstant('XNYS', date, kind as 'open');
        const past = tape.filter((bar) => bar.date < date);
        expect(ask(past, asOf)).toEqual(ask(tape, asOf));
        expect(figuresOf(knownBars(tape, 'XNYS', asOf))).toEqual(figuresOf(past));
      }),
      { numRuns: 40 },
    );
  });

  test('count trading days over holidays', () => {
    const made = ask(tape, sessionInstant('XNYS', '2025-07-03'), 1);
    expect(made.rule).toMatchObject({ referenceDate: '2025-07-02', resolveDate: '2025-07-03' });
    expect(made.resolvesAt).toBe('2025-07-03T17:00:00.000Z');
  });

  test('are refused without a known bar, with stale bars, beyond the calendar and for a bad horizon', () => {
    const asOf = sessionInstant('XNYS', '2025-09-15');
    expect(() => ask([], asOf)).toThrow(/no bar of TEST was known/);
    expect(() =>
      ask(
        tape.filter((bar) => bar.date < '2025-09-01'),
        asOf,
      ),
    ).toThrow(/would have resolved/);
    expect(() => ask(tape, asOf, 0)).toThrow(/horizonDays is 0/);
    expect(() =>
      ask(
        tape.map((bar) => ({ ...bar, date: '2027-12-30' })),
        '2027-12-31T12:00:00.000Z',
      ),
    ).toThrow(/outside the calendar/);
  });
});

describe('the questions of a period', () => {
  it('have the span of each equity proposition that may be asked in it, and of no other horizon', () => {
    const period = { from: '2026-11-16', to: '2026-12-18' };
    fc.assert(
      fc.property(
        fc.constantFrom('AAPL', 'BTC-USD'),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 32 }),
        (symbol, horizonDays, day) => {
          const exchange = marketOfSymbol(symbol);
          const asked = `${addDays(period.from, day)}T12:00:00.000Z`;
          const bars = syntheticBars(symbol, exchange, '2026-12-31T23:00:00.000Z');
          const { rule } = equityProposition({
            ...{ world: 'live', symbol, bars, exchange, asOf: asked, horizonDays },
          });
          if (rule.type !== 'close_above') throw new Error('an equity proposition has another rule');
          const span = [rule.referenceDate, rule.resolveDate];
          expect(questionSpans(exchange, { ...period, horizonDays })).toContainEqual(span);
          const longer = questionSpans(exchange, { ...period, horizonDays: horizonDays + 1 });
          expect(longer).not.toContainEqual(span);
        },
      ),
    );
  });
});

describe('other propositions', () => {
  test('a venue contract is priced at its quote and resolves when it closes', () => {
    const quote = {
      venue: 'kalshi' as const,
      contract: 'KXFED-26DEC',
      title: 'Fed cuts in December',
      category: '',
      priceOfYes: 0.42,
      quotedAt: '2026-11-20T10:00:00.000Z',
      closesAt: '2026-12-16T19:00:00.000Z',
    };
    expect(venueProposition({ world: 'live', quote })).toMatchObject({
      id: 'live/market:kalshi/KXFED-26DEC/settlement',
      subject: 'market:kalshi/KXFED-26DEC',
      category: 'prediction_market',
      priceOfYes: 0.42,
      rule: { type: 'venue_settlement', venue: 'kalshi', contract: 'KXFED-26DEC' },
    });
  });

  test('a recorded question takes the due price, else the frozen one with its day, else none', () => {
    const row = {
      rowId: 'infer|1|2025-03-02|market',
      source: 'infer',
      question: 'Will it?',
      category: 'Politics',
      forecastDueDate: '2025-03-02',
      resolutionDate: '2025-07-01',
      marketValueFreeze: 0.1,
      marketDate: '2025-02-20',
      marketValueDue: null,
    };
    const made = (more: object) =>
      recordedQuestionProposition({ world: 'replay:x', row: { ...row, ...more } });
    expect(made({})).toMatchObject({
      id: 'replay:x/question:infer|1|2025-03-02|market',
      priceOfYes: 0.1,
      priceAt: '2025-02-20T00:00:00.000Z',
      resolvesAt: '2025-07-02T00:00:00.000Z',
      rule: { type: 'manual' },
    });
    expect(made({ marketValueDue: 0.2 })).toMatchObject({
      priceOfYes: 0.2,
      priceAt: '2025-03-02T00:00:00.000Z',
    });
    expect(made({ marketValueFreeze: null, category: '', question: '' })).toMatchObject({
      priceOfYes: null,
      priceAt: null,
      category: 'infer',
      statement: 'Recorded question infer|1|2025-03-02|market',
    });
  });
});

describe('base rate and moves', () => {
  const flat = (closes: readonly number[]): Bar[] =>
    closes.map((close, index) => ({
      symbol: 'X',
      date: tape[index]!.date,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    }));

  test('the base rate is a probability, one half without evidence either way, higher for a rising price', () => {
    expect(baseRateOfUp(flat([1, 2]), 5)).toBeNull();
    expect(baseRateOfUp(flat([1, 1, 1, 1]), 1)).toBeCloseTo(2 / 7);
    expect(baseRateOfUp(flat([1, 2, 3, 4]), 1)).toBeCloseTo(5 / 7);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 8 }), (closes) => {
        const rate = baseRateOfUp(flat(closes.slice(0, tape.length)), 5)!;
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThan(1);
      }),
    );
  });

  test('mean moves are positive sizes of rises and falls, and null where one never happened', () => {
    expect(meanMoves(flat([100, 110, 99, 108.9]), 1)).toMatchObject({ windows: 3 });
    expect(meanMoves(flat([100, 110, 99]), 1)!.up).toBeCloseTo(0.1);
    expect(meanMoves(flat([100, 110, 99]), 1)!.down).toBeCloseTo(0.1);
    expect(meanMoves(flat([100, 110, 120]), 1)).toBeNull();
  });
});
