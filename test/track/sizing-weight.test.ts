// The learnt weight of members against the price: who was right moves it, and only what was known judges it.
import { DEFAULT_MODEL_WEIGHT } from '../../domain/ensemble/disagreement';
import { seededRandom } from '../../domain/track/random';
import { fitSizingWeights, judgedFromEntry, type PricedDecision } from '../../domain/track/sizing-weight';

const DAY_MS = 86_400_000;
const at = (day: number): string => new Date(Date.UTC(2025, 0, 1) + day * DAY_MS).toISOString();

const decision = (index: number, changes: Partial<PricedDecision> = {}): PricedDecision => ({
  decisionId: `d${index}`,
  subject: `market:kalshi/Q${index}`,
  asOf: at(index),
  category: 'politics',
  madeAt: at(index),
  resolvedAt: at(index + 2),
  rule: 'venue_settlement',
  probability: 0.8,
  price: 0.5,
  yes: true,
  ...changes,
});

/** Outcomes drawn from what the members say (1), from the price (0), or from between. */
const drawn = (n: number, members: number): readonly PricedDecision[] => {
  const random = seededRandom(7);
  return Array.from({ length: n }, (_, index) => {
    const probability = random() < 0.5 ? 0.85 : 0.15;
    const truth = members * probability + (1 - members) * 0.5;
    return decision(index, { probability, yes: random() < truth });
  });
};

const learnt = (decisions: readonly PricedDecision[], threshold = 20) =>
  fitSizingWeights(decisions, threshold).politics;

test('rises and goes to work where members know more than the price', () => {
  const fit = learnt(drawn(300, 1))!;
  expect(fit.weight).toBeGreaterThan(0.8);
  expect(fit).toMatchObject({ n: 300, trial: { atWork: true } });
});

test('falls where the price knows more, and stays blind without evidence', () => {
  const fit = learnt(drawn(300, 0))!;
  expect(fit.weight).toBeLessThan(DEFAULT_MODEL_WEIGHT);
  expect(learnt(drawn(5, 1))!.trial.atWork).toBe(false);
  expect(learnt(drawn(5, 1), 0)!.trial.atWork).toBe(true);
});

test('is judged only on decisions made after what it was fitted on had resolved', () => {
  const late = drawn(300, 1).map((each) => ({ ...each, madeAt: at(0), resolvedAt: at(400) }));
  const fit = learnt(late)!;
  expect(fit.weight).toBeGreaterThan(0.8);
  expect(fit.trial).toMatchObject({ atWork: false, evidence: { n: 300 } });
  expect(fit.trial.evidence.logWealth.every((wealth) => wealth === 0)).toBe(true);
});

test('learns from decisions with a price and a probability, each question once', () => {
  const one = learnt([decision(0)])!;
  const same = Array.from({ length: 20 }, (_, index) =>
    decision(index, { subject: 'question:s', asOf: at(0) }),
  );
  expect(learnt(same)!.weight).toBe(one.weight);
  expect(learnt(same.map((each, index) => ({ ...each, asOf: at(index) })))!.weight).toBeGreaterThan(
    one.weight,
  );
  const resolvedAt = at(40);
  const daily = same.map((each, index) => ({ ...each, asOf: at(index), resolvedAt }));
  expect(learnt(daily)!.weight).toBeCloseTo(one.weight, 12);
  const useless = [{ probability: null }, { price: null }, { price: 0 }, { price: 1 }];
  expect(learnt(useless.map((changes, index) => decision(index, changes)))).toBeUndefined();
});

test('strikes of one event go to work no sooner than the event alone would', () => {
  const strikesOf = (rows: readonly PricedDecision[]) =>
    rows.flatMap((row, event) =>
      Array.from({ length: 12 }, (_, strike) => ({
        ...{
          ...row,
          decisionId: `${row.decisionId}-${strike}`,
          subject: `market:kalshi/KX-E${event}-T${strike}`,
        },
      })),
    );
  const { trial } = learnt(strikesOf(drawn(20, 1)))!;
  expect(trial.atWork ? 0 : trial.evidence.n).toBe(20);
  expect(learnt(strikesOf(drawn(300, 1)))!.trial.atWork).toBe(true);
});

test('does not depend on the order in which decisions are read', () => {
  const rows = drawn(60, 1);
  expect(learnt([...rows].reverse())).toEqual(learnt(rows));
});

test('a share counts from the first price after the decision, a contract by its settlement', () => {
  const entryPrices = [
    { at: at(0), price: 100 },
    { at: at(1), price: 104 },
  ];
  const share = { ...decision(0), rule: 'close_above' as const, entryPrices, resolvingValue: 103 };
  expect(judgedFromEntry(share)).toEqual([{ ...decision(0), rule: 'close_above', yes: false }]);
  expect(judgedFromEntry({ ...share, madeAt: at(-1) })).toMatchObject([{ yes: true }]);
  for (const missing of [{ entryPrices: null }, { resolvingValue: null }, { madeAt: at(1) }])
    expect(judgedFromEntry({ ...share, ...missing })).toEqual([]);
  const contract = { ...share, rule: 'venue_settlement' as const, entryPrices: null, resolvingValue: null };
  expect(judgedFromEntry(contract)).toEqual([decision(0)]);
});
