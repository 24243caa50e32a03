// Paper accounts: fills, limits and figures, recomputed by other means than the code's own.
import fc from 'fast-check';
import {
  checkRules,
  DEFAULT_PAPER_RULES,
  equityOf,
  type NewPaperOrder,
  type PaperOrder,
  type PaperState,
} from '../../domain/market/paper-account';
import {
  type DayQuote,
  firstJump,
  settleDay,
  splitLikeJump,
  unsettledFrom,
} from '../../domain/market/paper-fills';
import { maxDrawdownOf, paperMetrics, sharpeRatio } from '../../domain/market/paper-metrics';
import { type PaperQuote, planBuyAndHold, planOrders } from '../../domain/market/paper-orders';

const RULES = DEFAULT_PAPER_RULES;
const CASH = RULES.startCashMicroUsd;
const EMPTY: PaperState = { cashMicroUsd: CASH, positions: [] };
const DAY = '2025-07-01';

/** An order that waits for the next bar. */
const openOrder = (order: NewPaperOrder): PaperOrder => ({
  ...order,
  status: 'open',
  filledOn: null,
  filledQuantity: 0,
  openMicroUsd: null,
  fillMicroUsd: null,
  feeMicroUsd: 0,
  realizedMicroUsd: null,
  note: null,
});

const order = (side: 'buy' | 'sell', symbol: string, quantity: number): NewPaperOrder => ({
  symbol,
  side,
  quantity,
  placedOn: DAY,
  reason: 'test',
  probability: null,
  priceOfYes: null,
});

const quote = (symbol: string, open: number, close: number): DayQuote => ({
  symbol,
  bar: { open, close },
  past: [],
  suspended: null,
});

const settle = (state: PaperState, orders: readonly PaperOrder[], quotes: readonly DayQuote[], date = DAY) =>
  settleDay({ rules: RULES, date, state, orders, quotes });

const known = (symbol: string, more: Partial<PaperQuote> = {}): PaperQuote => ({
  symbol,
  lastClose: 100,
  priceOfYes: 0.5,
  meanUp: 0.03,
  meanDown: 0.03,
  suspended: null,
  ...more,
});

const plan = (state: PaperState, probabilities: Readonly<Record<string, number>>, days = 0) =>
  planOrders({
    rules: RULES,
    date: DAY,
    state,
    quotes: Object.keys(probabilities).map((symbol) => known(symbol)),
    probabilities,
    waiting: new Set(),
    daysSince: () => days,
  });

test('a purchase fills at the open with slippage and fee and is valued at the close', () => {
  const { state, orders, tradedMicroUsd, feesMicroUsd } = settle(
    EMPTY,
    [openOrder(order('buy', 'AAPL', 10))],
    [quote('AAPL', 200, 210)],
  );
  // 200 x 1.0005 = 200.10; ten shares 2,001.00; fee 0.05 % = 1.0005
  expect(orders[0]).toMatchObject({ status: 'filled', filledOn: DAY, fillMicroUsd: 200_100_000 });
  expect([tradedMicroUsd, feesMicroUsd]).toEqual([2_001_000_000, 1_000_500]);
  expect(equityOf(state)).toBe(CASH - 2_001_000_000 - 1_000_500 + 2_100_000_000);
});

test('a sale books its gain after the fees of both sides', () => {
  const bought = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 200, 200)]).state;
  const sold = settle(
    bought,
    [openOrder(order('sell', 'AAPL', 10))],
    [quote('AAPL', 220, 220)],
    '2025-07-08',
  );
  expect(sold.state.positions).toEqual([]);
  expect(sold.orders[0]?.realizedMicroUsd).toBe(sold.state.cashMicroUsd - CASH);
});

test('an order waits for the next bar where the symbol does not trade', () => {
  const waiting = settle(
    EMPTY,
    [openOrder(order('buy', 'AAPL', 1))],
    [{ symbol: 'AAPL', bar: null, past: [], suspended: null }],
  );
  expect(waiting.orders[0]?.status).toBe('open');
  const later = settle(waiting.state, waiting.orders, [quote('AAPL', 50, 50)], '2025-07-02');
  expect(later.orders[0]).toMatchObject({ status: 'filled', placedOn: DAY, filledOn: '2025-07-02' });
});

test('a day that is settled late leaves orders of later days alone', () => {
  const later = { ...openOrder(order('buy', 'AAPL', 1)), placedOn: '2025-07-02' };
  const late = settle(
    EMPTY,
    [openOrder(order('buy', 'MSFT', 1)), later],
    [quote('AAPL', 50, 90), quote('MSFT', 10, 10)],
  );
  expect(late.orders.map(({ symbol, filledOn }) => [symbol, filledOn])).toEqual([['MSFT', DAY]]);
  expect(late.state.positions.map(({ symbol }) => symbol)).toEqual(['MSFT']);
});

test('a split-like jump is refused: the order is rejected and the position stays at its last value', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 200, 200)]).state;
  const reason = splitLikeJump(200, { date: '2025-07-02', open: 100 });
  expect(reason).toContain('split-like jump on 2025-07-02');
  const after = settle(
    held,
    [openOrder(order('sell', 'AAPL', 10))],
    [
      {
        symbol: 'AAPL',
        bar: { open: 100, close: 100 },
        past: [{ date: DAY, close: 200 }],
        suspended: reason,
      },
    ],
    '2025-07-02',
  );
  expect(after.orders[0]).toMatchObject({ status: 'rejected', note: reason });
  expect(after.state.positions[0]).toMatchObject({ markMicroUsd: 200_000_000, frozen: reason });
  expect(equityOf(after.state)).toBe(equityOf(held));
});

test('a jump that a source lets stand is booked once time has told, and a split or a file never', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 200, 200)]).state;
  const jump = splitLikeJump(200, { date: '2025-07-02', open: 100 });
  const dayOf = (date: string, suspended: string | null, past: number, adjusts: boolean, state = held) =>
    settleDay({
      ...{ rules: RULES, date, state, orders: [], adjusts },
      quotes: [{ ...quote('AAPL', 100, 98), past: [{ date: DAY, close: past }], suspended }],
    }).state;
  const frozen = dayOf('2025-07-02', jump, 200, true);
  expect(equityOf(frozen)).toBe(equityOf(held));
  const real = dayOf('2025-07-10', null, 200, true, frozen);
  expect(real.positions[0]).toMatchObject({ markMicroUsd: 98_000_000, markedOn: '2025-07-10', frozen: null });
  expect(equityOf(real)).toBe(equityOf(held) - 10 * 102_000_000);
  expect(dayOf('2025-07-10', null, 100, true, frozen).positions).toEqual(frozen.positions);
  expect(dayOf('2025-07-10', null, 200, false, frozen).positions).toEqual(frozen.positions);
  // Five trading days over a weekend and a holiday, and never from before the competition.
  expect(unsettledFrom('XNYS', '2025-07-09', DAY)).toBe('2025-07-02');
  expect(unsettledFrom('XNYS', '2025-07-10', DAY)).toBe('2025-07-03');
  expect(unsettledFrom('XNYS', '2025-07-02', DAY)).toBe(DAY);
});

test.each([
  ['a split', 4],
  ['a split of 5:4', 1.25],
  ['a split of 4:3', 4 / 3],
  ['a stock dividend of 5 %', 1.05],
  ['a reverse split', 0.1],
])(
  'past prices that %s has rewritten suspend the position instead of booking a gain or a loss',
  (_what, factor) => {
    const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 400, 400)]).state;
    // The series is adjusted throughout: the day before is now given as 400 / factor, without a jump.
    const now = 400 / factor;
    const rewritten = { ...quote('AAPL', now, now * 1.01), past: [{ date: DAY, close: now }] };
    const reason = `split-like change of past prices: valued at 400, now given as ${now}`;
    const sale = openOrder(order('sell', 'AAPL', 10));
    const after = settle(held, [sale], [rewritten], '2025-07-02');
    expect(after.orders[0]).toMatchObject({ status: 'rejected', note: reason });
    expect(after.state.positions[0]).toMatchObject({ markMicroUsd: 400_000_000, frozen: reason });
    // For good, also once the series and the mark could meet again.
    const met = settle(
      after.state,
      [sale],
      [{ ...rewritten, past: [{ date: DAY, close: 400 }] }],
      '2025-07-03',
    );
    expect([met.orders[0]?.status, equityOf(met.state)]).toEqual(['rejected', equityOf(held)]);
    // An account without old shares trades the symbol on.
    const fresh = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [rewritten], '2025-07-02');
    expect(fresh.orders[0]?.status).toBe('filled');
  },
);

test('a close that its source has corrected by a little is no split', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 100, 100)]).state;
  for (const now of [97, 103]) {
    const corrected = { ...quote('AAPL', now, now), past: [{ date: DAY, close: now }] };
    expect(settle(held, [], [corrected], '2025-07-02').state.positions[0]?.frozen).toBeNull();
  }
});

test('the mark of the day before is held against its own close, so that a common day suspends nothing', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 200, 210)]).state;
  const common = { ...quote('AAPL', 280, 300), past: [{ date: DAY, close: 210 }] };
  const next = settle(held, [], [common], '2025-07-02');
  expect(next.state.positions[0]).toMatchObject({ markMicroUsd: 300_000_000, frozen: null });
});

test('a mark that is older, a bar having been late, is held against the close of its own day alone', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 200, 200)]).state;
  const late = settle(held, [], [{ ...quote('AAPL', 0, 0), bar: null }], '2025-07-02').state;
  const third = (own: number, between: number) => ({
    ...quote('AAPL', 320, 330),
    past: [
      { date: DAY, close: own },
      { date: '2025-07-02', close: between },
    ],
  });
  const on = (state: PaperState, day: DayQuote) => settle(state, [], [day], '2025-07-03').state.positions[0];
  expect(on(late, third(200, 310))).toMatchObject({ markMicroUsd: 330_000_000, frozen: null });
  expect(on(late, third(100, 200))?.frozen).toMatch(/valued at 200, now given as 100$/);
  // Rows from before the day was kept cannot be held against anything.
  const [position] = late.positions;
  const old = { ...late, positions: [{ ...position!, markedOn: null }] };
  expect(on(old, third(100, 200))?.frozen).toBeNull();
});

test.each([
  [2, true],
  [0.5, true],
  [1.5, true],
  [1 / 15, true],
  [1.3, false],
  [0.75, false],
])('an overnight factor of %f is refused: %s', (factor, refused) => {
  expect(splitLikeJump(100, { date: DAY, open: 100 * factor }) !== null).toBe(refused);
});

test("jumps before the competition began are nobody's trade", () => {
  const bar = (date: string, open: number) => ({
    symbol: 'A',
    date,
    open,
    high: open,
    low: open,
    close: open,
    volume: 1,
  });
  const bars = [bar('2025-06-02', 100), bar('2025-06-03', 50), bar('2025-06-04', 51)];
  expect(firstJump(bars, '2025-06-04')).toBeNull();
  expect(firstJump(bars, '2025-06-03')).toContain('2025-06-03');
});

test('an account buys where its model sees an edge above fees, and holds elsewhere', () => {
  const orders = plan(EMPTY, { AAPL: 0.62, MSFT: 0.5, NVDA: 0.4 });
  expect(orders.map(({ symbol, side }) => [symbol, side])).toEqual([['AAPL', 'buy']]);
});

test('a model that gave no forecast after the horizon is not said to have turned against its position', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 100, 100)]).state;
  const rest = {
    ...{ rules: RULES, date: DAY, state: held, waiting: new Set<string>(), daysSince: () => 5 },
    quotes: [known('AAPL')],
  };
  expect(planOrders({ ...rest, probabilities: {} })).toMatchObject([
    {
      ...{ side: 'sell', quantity: 10, probability: null },
      reason: 'Horizon of 5 trading days has run and no forecast of the day says to hold on',
    },
  ]);
  const unpriced = { ...rest, quotes: [known('AAPL', { priceOfYes: null })], probabilities: { AAPL: 0.9 } };
  expect(planOrders(unpriced)).toMatchObject([
    { side: 'sell', reason: expect.stringContaining('no base rate') },
  ]);
});

test('a position is left alone until its horizon has run, then sold unless the model still buys', () => {
  const held = settle(EMPTY, [openOrder(order('buy', 'AAPL', 10))], [quote('AAPL', 100, 100)]).state;
  expect(plan(held, { AAPL: 0.3 }, 4)).toEqual([]);
  expect(plan(held, { AAPL: 0.62 }, 5)).toEqual([]);
  expect(plan(held, { AAPL: 0.3 }, 5)).toMatchObject([
    { side: 'sell', quantity: 10, reason: 'Horizon of 5 trading days has run and the model no longer buys' },
  ]);
});

const buyAndHold = (
  state: PaperState,
  quotes: readonly PaperQuote[],
  waiting: readonly string[] = [],
): readonly NewPaperOrder[] =>
  planBuyAndHold({
    ...{ rules: RULES, date: DAY, state, quotes, waiting: new Set(waiting) },
    symbols: ['AAPL', 'MSFT'],
  });

test('buy-and-hold orders equal parts once', () => {
  const quotes = [known('AAPL'), known('MSFT', { lastClose: 50 })];
  const orders = buyAndHold(EMPTY, quotes);
  expect(orders.map(({ quantity }) => quantity)).toEqual([499, 999]);
  expect(buyAndHold(EMPTY, quotes, ['AAPL', 'MSFT'])).toEqual([]);
  const { state } = settle(EMPTY, orders.map(openOrder), [quote('AAPL', 100, 100), quote('MSFT', 50, 50)]);
  expect(buyAndHold(state, quotes)).toEqual([]);
});

test('buy-and-hold keeps the part of a symbol without a price until it has one', () => {
  const first = buyAndHold(EMPTY, [known('AAPL')]);
  expect(first.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([['AAPL', 499]]);
  const { state } = settle(EMPTY, first.map(openOrder), [quote('AAPL', 100, 100)]);
  const later = buyAndHold(state, [known('AAPL'), known('MSFT', { lastClose: 50 })]);
  expect(later.map(({ symbol }) => symbol)).toEqual(['MSFT']);
  // What is left of the cash: its half and what the first half did not use.
  expect(later[0]!.quantity).toBeGreaterThanOrEqual(999);
  expect(later[0]!.quantity * 50e6).toBeLessThanOrEqual(state.cashMicroUsd);
  // While the first still waits for its bar, its half stays its own.
  const beside = buyAndHold(EMPTY, [known('AAPL'), known('MSFT', { lastClose: 50 })], ['AAPL']);
  expect(beside.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([['MSFT', 999]]);
});

test('what falls below half a micro-dollar stays at the least mark that an account can hold', () => {
  const held = { symbol: 'DUST-USD', quantity: 10, costMicroUsd: 20, enteredOn: '2025-06-30' };
  const state: PaperState = {
    ...EMPTY,
    positions: [{ ...held, markMicroUsd: 2, markedOn: '2025-06-30', frozen: null }],
  };
  const { positions } = settle(state, [], [quote('DUST-USD', 4e-7, 4e-7)]).state;
  expect(positions[0]?.markMicroUsd).toBe(1);
});

test('millions of shares for all the cash are counted at once, and not one fewer than it pays for', () => {
  const rules = { ...RULES, feeBps: 1_000, slippageBps: 0, startCashMicroUsd: 10_000_000_000_000 };
  const state: PaperState = { cashMicroUsd: rules.startCashMicroUsd, positions: [] };
  const orders = [openOrder(order('buy', 'CHEAP-USD', 1e12))];
  const quotes = [quote('CHEAP-USD', 0.001, 0.001)];
  const { orders: filled } = settleDay({ rules, date: DAY, state, orders, quotes });
  expect(filled[0]?.filledQuantity).toBe(Math.floor(rules.startCashMicroUsd / 1_100));
});

test('what closes below a tenth of a cent is not bought, by a model or to be held', () => {
  const ordered = (lastClose: number) => {
    const quotes = [known('SHIB-USD', { lastClose })];
    const rest = { rules: RULES, date: DAY, state: EMPTY, quotes, waiting: new Set<string>() };
    return [
      ...planOrders({ ...rest, probabilities: { 'SHIB-USD': 0.62 }, daysSince: () => 0 }),
      ...planBuyAndHold({ ...rest, symbols: ['SHIB-USD'] }),
    ].length;
  };
  expect([0.0000004, 0.00001249, 0.00099, 0.001].map(ordered)).toEqual([0, 0, 0, 2]);
});

const anyDay = fc.array(
  fc.record({
    symbol: fc.constantFrom('A', 'B', 'C'),
    p: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
    open: fc.double({ min: 1, max: 900, noNaN: true }),
    close: fc.double({ min: 1, max: 900, noNaN: true }),
  }),
  { minLength: 1, maxLength: 3 },
);

test('over any days cash never falls below zero and equity follows from the fills alone', () => {
  fc.assert(
    fc.property(fc.array(anyDay, { maxLength: 12 }), (days) => {
      let state = EMPTY;
      let cash = CASH;
      const shares = new Map<string, number>();
      const marks = new Map<string, number>();
      days.forEach((day, index) => {
        const date = `2025-07-${String(index + 1).padStart(2, '0')}`;
        const probabilities = Object.fromEntries(day.map(({ symbol, p }) => [symbol, p]));
        const settled = settle(
          state,
          plan(state, probabilities, 5).map(openOrder),
          day.map(({ symbol, open, close }) => quote(symbol, open, close)),
          date,
        );
        for (const each of settled.orders.filter(({ status }) => status === 'filled')) {
          const sign = each.side === 'buy' ? 1 : -1;
          cash -= sign * each.filledQuantity * (each.fillMicroUsd ?? 0) + each.feeMicroUsd;
          shares.set(each.symbol, (shares.get(each.symbol) ?? 0) + sign * each.filledQuantity);
        }
        // The first quote of a symbol holds where a generated day names it twice.
        for (const { symbol, close } of [...day].reverse()) marks.set(symbol, Math.round(close * 1e6));
        state = settled.state;
        const held = [...shares].reduce((sum, [symbol, n]) => sum + n * (marks.get(symbol) ?? 0), 0);
        expect(state.cashMicroUsd).toBeGreaterThanOrEqual(0);
        expect(equityOf(state)).toBe(cash + held);
      });
    }),
    { numRuns: 200 },
  );
});

test('no purchase is ordered for more than the limit per position', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), (p) => {
      const [first] = plan(EMPTY, { AAPL: p });
      expect((first?.quantity ?? 0) * 100e6).toBeLessThanOrEqual(CASH * RULES.maxPositionShare);
    }),
  );
});

test('figures of a known curve are those worked out by hand', () => {
  const day = (equity: number) => ({ equityMicroUsd: equity, tradedMicroUsd: 50, feesMicroUsd: 1 });
  const figures = paperMetrics({
    startCashMicroUsd: 100,
    days: [110, 99, 121].map(day),
    realized: [5, -2, 1],
    modelCostMicroUsd: 11,
  });
  expect(figures.return).toBeCloseTo(0.21, 12);
  expect(figures.returnAfterModelCost).toBeCloseTo(0.1, 12);
  expect(figures.maxDrawdown).toBeCloseTo(0.1, 12);
  expect(figures.hitRate).toBeCloseTo(2 / 3, 12);
  expect(figures.turnover).toBeCloseTo(150 / 110, 12);
  // Returns .1, -.1, .2222..: mean .0740741, sample deviation .1626615
  expect(figures.sharpe).toBeCloseTo((Math.sqrt(252) * 0.0740741) / 0.1626615, 3);
});

test('a flat account has no Sharpe ratio and no drawdown', () => {
  expect(sharpeRatio([0, 0, 0])).toBeNull();
  // The same return each day, but for equity in whole micro-dollars.
  const days = Array.from({ length: 21 }, (_, day) => Math.round(100_000_000_000 * 1.001 ** day));
  expect(sharpeRatio(days.slice(1).map((equity, day) => equity / days[day]! - 1))).toBeNull();
  expect(maxDrawdownOf(100, [100, 100])).toBe(0);
});

test('rules out of range are refused by name', () => {
  expect(() => checkRules({ ...RULES, feeBps: -1 })).toThrow('feeBps is -1; accepted');
  expect(() => checkRules({ ...RULES, maxPositionShare: 1.2 })).toThrow('maxPositionShare');
});
