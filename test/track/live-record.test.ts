import fc from 'fast-check';
import { modelCategoryKey } from '../../domain/track/calibrator-fit';
import {
  fitLiveRecord,
  learntShare,
  type ResolvedLiveDecision,
  shadowOfDecision,
} from '../../domain/track/live-record';
import { applyPlatt } from '../../domain/track/platt';
import { learntWeights } from '../../domain/track/record';

const MODELS = ['a', 'b', 'c'];
const ON_EVENT = { rule: 'venue_settlement', madeAt: '2025-01-01T00:00:00.000Z' } as const;
const VERSIONS = { a: '1', b: '1', c: '1' };

const probability = fc.double({ min: 0.02, max: 0.98, noNaN: true });

/** Decisions with distinct propositions; resolutions may tie. */
const decisions: fc.Arbitrary<readonly ResolvedLiveDecision[]> = fc
  .array(
    fc.record({
      yes: fc.boolean(),
      minute: fc.integer({ min: 0, max: 20 }),
      p: fc.tuple(probability, probability, probability),
      category: fc.constantFrom('equity', 'crypto'),
    }),
    { maxLength: 30 },
  )
  .map((rows) =>
    rows.map(({ yes, minute, p, category }, index) => ({
      propositionId: `p${index}`,
      decisionId: `d${index}`,
      subject: `question:s${index}`,
      asOf: '2025-01-01T00:00:00.000Z',
      category,
      ...ON_EVENT,
      yes,
      resolvedAt: new Date(Date.UTC(2025, 0, 2, 0, minute)).toISOString(),
      track: { equal: p[0], weighted: p[1], calibrated: { a: p[2] } },
      answers: MODELS.map((model, m) => ({ model, version: '1', p: p[m]! })),
    })),
  );

test('the record does not depend on the order in which rows are read', () => {
  fc.assert(
    fc.property(decisions, fc.integer(), (rows, seed) => {
      const shuffled = [...rows].sort(
        (x, y) => ((x.propositionId.charCodeAt(1) * seed) % 7) - ((y.propositionId.charCodeAt(1) * seed) % 7),
      );
      expect(fitLiveRecord(shuffled, { versions: VERSIONS })).toEqual(
        fitLiveRecord(rows, { versions: VERSIONS }),
      );
    }),
  );
});

test('strikes of one event prove as one outcome, and events as many', () => {
  const strike = (event: number, index: number): ResolvedLiveDecision => ({
    propositionId: `p${event}-${index}`,
    decisionId: `d${event}-${index}`,
    subject: `market:kalshi/KX-E${event}-T${index}`,
    asOf: '2025-01-01T00:00:00.000Z',
    category: 'economics',
    ...ON_EVENT,
    yes: true,
    resolvedAt: '2025-01-09T00:00:00.000Z',
    track: { equal: 0.6, weighted: 0.7, calibrated: { a: 0.8 } },
    answers: [{ model: 'a', version: '1', p: 0.7 }],
  });
  const trialsOf = (rows: readonly ResolvedLiveDecision[]) =>
    fitLiveRecord(rows, { versions: { a: '1' } }).trials;
  const [one, strikes, events] = [1, 12, 12].map((n, kind) =>
    trialsOf(Array.from({ length: n }, (_, index) => (kind === 1 ? strike(0, index) : strike(index, 0)))),
  );
  expect(Object.keys(one!)).toHaveLength(2);
  for (const [key, { evidence }] of Object.entries(strikes!)) {
    expect(evidence.n).toBe(1);
    evidence.logWealth.forEach((wealth, k) => {
      expect(wealth).toBeCloseTo(one![key]!.evidence.logWealth[k]!, 12);
    });
    expect(events![key]!.evidence.n).toBe(12);
  }
});

test('a model that now answers as another version has no calibrator and an equal share of the weights', () => {
  fc.assert(
    fc.property(decisions, (rows) => {
      const record = fitLiveRecord(rows, { versions: { ...VERSIONS, a: '2' } });
      expect(record.calibration.byModel[modelCategoryKey('a', 'equity')]).toBeUndefined();
      const weights = learntWeights(record, 'equity');
      if (weights) expect(weights.a).toBeCloseTo(1 / 3, 9);
    }),
  );
});

test('all horizons of one question together weigh as one outcome', () => {
  const row = (
    index: number,
    asOf: string,
    resolvedAt = '2025-01-09T00:00:00.000Z',
  ): ResolvedLiveDecision => ({
    propositionId: `p${index}`,
    decisionId: `d${index}`,
    subject: 'equity:AAPL',
    asOf,
    category: 'equity',
    ...{ rule: 'close_above', madeAt: asOf },
    yes: true,
    resolvedAt,
    track: null,
    answers: [{ model: 'a', version: '1', p: 0.7 }],
  });
  const day = '2025-01-01T00:00:00.000Z';
  const fitOf = (rows: readonly ResolvedLiveDecision[]) =>
    fitLiveRecord(rows, { versions: { a: '1' } }).calibration.byModel[modelCategoryKey('a', 'equity')]!.platt;
  const [one, three] = [fitOf([row(0, day)]), fitOf([row(0, day), row(1, day), row(2, day)])];
  expect(three.a).toBeCloseTo(one.a, 9);
  expect(three.b).toBeCloseTo(one.b, 9);
  const days = [1, 2, 3].map((n) => `2025-01-0${n}T00:00:00.000Z`);
  const apart = fitOf(days.map((each, index) => row(index, each, `2025-01-0${6 + index}T21:00:00.000Z`)));
  expect(apart.b).toBeGreaterThan(one.b + 0.01);
  const daily = fitOf(days.map((each, index) => row(index, each)));
  expect(daily.b).toBeCloseTo(one.b, 9);
});

describe('shadow predictions of a decision', () => {
  const given = (p: readonly (number | null)[]) =>
    p.map((each, index) => ({ model: MODELS[index]!, p: each, silent: false, flagged: false }));

  test('before any outcome there is nothing to compare', () => {
    const share = learntShare(fitLiveRecord([], { versions: VERSIONS }), null, 'equity', MODELS);
    expect(shadowOfDecision(given([0.7, 0.6, 0.8]), share, 'equity')).toEqual({
      equal: null,
      weighted: null,
      calibrated: {},
    });
  });

  test('below quorum there is none', () => {
    const share = learntShare(fitLiveRecord([], { versions: VERSIONS }), null, 'equity', MODELS);
    expect(shadowOfDecision(given([0.7, null, null]), share, 'equity')).toBeNull();
  });

  test('they are plain JSON within [0, 1], for the members that answered', () => {
    fc.assert(
      fc.property(decisions, fc.tuple(probability, probability), (rows, [p, q]) => {
        const record = fitLiveRecord(rows, { versions: VERSIONS });
        const share = learntShare(record, learntWeights(record, 'equity'), 'equity', MODELS);
        const shadow = shadowOfDecision(given([p, q, null]), share, 'equity')!;
        expect(JSON.parse(JSON.stringify(shadow))).toEqual(shadow);
        expect(Object.keys(shadow.calibrated)).not.toContain('c');
        for (const value of [shadow.equal, shadow.weighted, ...Object.values(shadow.calibrated)])
          if (value !== null) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
      }),
    );
  });
});

test('decisions on one question move the weights as one, however many there are', () => {
  const row = (
    index: number,
    asOf: string,
    resolvedAt = '2025-01-09T00:00:00.000Z',
  ): ResolvedLiveDecision => ({
    propositionId: 'p',
    decisionId: `d${index}`,
    subject: 'equity:AAPL',
    asOf,
    category: 'equity',
    ...{ rule: 'close_above', madeAt: asOf },
    yes: true,
    resolvedAt,
    track: null,
    answers: MODELS.map((model, m) => ({ model, version: '1', p: 0.3 + 0.3 * m })),
  });
  const day = (index: number): string => `2025-01-0${1 + index}T00:00:00.000Z`;
  const weightOf = (rows: readonly ResolvedLiveDecision[]): number =>
    learntWeights(fitLiveRecord(rows, { versions: VERSIONS }), 'equity')!.c!;
  const one = weightOf([row(0, day(0))]);
  expect(one).toBeGreaterThan(1 / 3);
  const indices = [0, 1, 2, 3, 4];
  expect(weightOf(indices.map((index) => row(index, day(0))))).toBeCloseTo(one, 4);
  expect(weightOf(indices.map((index) => row(index, day(index))))).toBeCloseTo(one, 4);
  const apart = indices.map((index) => row(index, day(index), `2025-01-${10 + index}T21:00:00.000Z`));
  expect(weightOf(apart)).toBeGreaterThan(one + 0.01);
});

test('what many members say of one outcome moves what is learnt of all hardly more than what one says', () => {
  const saidBy = (count: number): number => {
    const models = Array.from({ length: count }, (_, m) => `m${m}`);
    const { calibration } = fitLiveRecord(
      [
        {
          ...{ propositionId: 'p', decisionId: 'd', subject: 'market:kalshi/KX-E', category: 'economics' },
          ...{ ...ON_EVENT, asOf: ON_EVENT.madeAt, yes: true, resolvedAt: '2025-01-09T00:00:00.000Z' },
          ...{ track: null, answers: models.map((model) => ({ model, version: '1', p: 0.3 })) },
        },
      ],
      { versions: Object.fromEntries(models.map((model) => [model, '1'])) },
    );
    return applyPlatt(calibration.global, 0.3);
  };
  expect(saidBy(15) - saidBy(1)).toBeLessThan(0.01);
});
