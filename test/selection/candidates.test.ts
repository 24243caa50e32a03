import fc from 'fast-check';
import { type Candidate, type SelectionQuestion, selectMembers } from '../../domain/selection/candidates';
import { contextSkill } from '../../domain/selection/context-skill';

const candidate = (model: string, change: Partial<Candidate> = {}): Candidate => ({
  model,
  provider: model,
  quality: 7,
  record: [],
  worstCostMicroUsd: 1000,
  latencyMs: 1000,
  excluded: null,
  degraded: false,
  ...change,
});

const question = (change: Partial<SelectionQuestion>): SelectionQuestion => ({
  candidates: [],
  size: 2,
  remainingMicroUsd: 1_000_000,
  deadlineMs: 60_000,
  key: 'd1',
  exploration: { share: 0, spendShare: 0 },
  shadowShare: { calls: 0, spend: 0 },
  ...change,
});

const skilled = (skill: number, n = 500) => [{ context: 'all', n, skill }];

describe('choosing members', () => {
  test('earned skill wins over seed quality', () => {
    const candidates = [
      candidate('famous', { quality: 9.8, record: skilled(-0.02) }),
      candidate('proven', { quality: 6, record: skilled(0.02) }),
    ];
    expect(selectMembers(question({ candidates, size: 1 })).members).toEqual(['proven']);
  });

  test('skill in this category counts more than skill elsewhere', () => {
    const record = (here: number, overall: number) => [
      { context: 'all', n: 1000, skill: overall },
      { context: 'equity', n: 300, skill: here },
    ];
    const candidates = [
      candidate('elsewhere', { record: record(-0.01, 0.01) }),
      candidate('here', { record: record(0.01, 0) }),
    ];
    expect(selectMembers(question({ candidates, size: 1 })).members).toEqual(['here']);
  });

  test('one without the strength is taken where too few others are left, or where it has earned skill', () => {
    const candidates = [
      candidate('writer', { quality: 9.8, forecasts: false }),
      candidate('plain', { quality: 6 }),
      candidate('proven', { forecasts: false, record: skilled(0.02) }),
    ];
    const choose = (size: number) => selectMembers(question({ candidates, size }));
    expect(choose(2).members).toEqual(['proven', 'plain']);
    expect(choose(3).members).toEqual(['proven', 'plain', 'writer']);
    expect(choose(2).considered[0]?.reason).toMatch(/^not taken: .*forecasting is not among its strengths/);
    const alone = candidates.map((one) => (one.model === 'writer' ? one : { ...one, excluded: 'out' }));
    expect(selectMembers(question({ candidates: alone, size: 2 })).members).toEqual(['writer']);
  });

  test('an excluded candidate is never taken and its reason is kept', () => {
    const candidates = [candidate('a', { excluded: 'breaker open', record: skilled(0.5) }), candidate('b')];
    const selection = selectMembers(question({ candidates }));
    expect(selection.members).toEqual(['b']);
    expect(selection.considered[0]).toEqual({
      model: 'a',
      taken: 'no',
      score: null,
      reason: 'not taken: breaker open',
    });
  });

  test.each([
    ['dearer', { worstCostMicroUsd: 400_000 }],
    ['slower', { latencyMs: 50_000 }],
    ['degraded', { degraded: true }],
  ])('between equals the %s one is passed over', (_name, change) => {
    const candidates = [candidate('a', change), candidate('z')];
    expect(selectMembers(question({ candidates, size: 1 })).members).toEqual(['z']);
  });

  test('what a forecast came to counts instead of the worst case, and the reason says what skill costs', () => {
    const dear = candidate('a', {
      worstCostMicroUsd: 400_000,
      usualCostMicroUsd: 2_000,
      record: skilled(0.02),
    });
    const selection = selectMembers(
      question({
        candidates: [dear, candidate('z', { worstCostMicroUsd: 300_000, record: skilled(0.02) })],
        size: 1,
      }),
    );
    expect(selection.members).toEqual(['a']);
    expect(selection.considered[0]?.reason).toMatch(
      /, a usual call up to \$0\.40, usually \$0\.002, \$0\.001\d* a point/,
    );
  });

  test('between equals another provider is preferred to a second model of the same', () => {
    const candidates = [
      candidate('a1', { provider: 'p' }),
      candidate('a2', { provider: 'p' }),
      candidate('z', { provider: 'q' }),
    ];
    expect(selectMembers(question({ candidates })).members).toEqual(['a1', 'z']);
  });

  test('never commits more than is left, and says who was too dear', () => {
    const candidates = [
      candidate('dear', { worstCostMicroUsd: 5001, record: skilled(0.3) }),
      candidate('b', { worstCostMicroUsd: 5000 }),
    ];
    const selection = selectMembers(question({ candidates, remainingMicroUsd: 5000 }));
    expect(selection.members).toEqual(['b']);
    expect(selection.considered[0]?.reason).toBe('not taken: may cost $0.005001, more than is left');
  });

  test('any selection stays within size and money, takes no excluded one and gives each candidate one reason', () => {
    const anyCandidate = fc.record({
      cost: fc.nat(2_000_000),
      excluded: fc.boolean(),
      quality: fc.double({ min: 0, max: 10, noNaN: true }),
      skill: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
      provider: fc.constantFrom('p', 'q', 'r'),
    });
    fc.assert(
      fc.property(
        fc.array(anyCandidate, { maxLength: 12 }),
        fc.nat(6),
        fc.nat(3_000_000),
        fc.string(),
        (list, size, left, key) => {
          const candidates = list.map((one, index) =>
            candidate(`m${index}`, {
              worstCostMicroUsd: one.cost,
              excluded: one.excluded ? 'no key' : null,
              quality: one.quality,
              record: skilled(one.skill, 50),
              provider: one.provider,
            }),
          );
          const asked = question({
            candidates,
            size,
            remainingMicroUsd: left,
            key,
            exploration: { share: 1, spendShare: 1 },
          });
          const selection = selectMembers(asked);
          const called = [...selection.members, ...(selection.shadow === null ? [] : [selection.shadow])];
          const cost = called.reduce(
            (sum, id) => sum + (candidates.find((one) => one.model === id)?.worstCostMicroUsd ?? 0),
            0,
          );
          expect(cost).toBeLessThanOrEqual(left);
          expect(selection.members.length).toBeLessThanOrEqual(size);
          expect(called.every((id) => candidates.find((one) => one.model === id)?.excluded === null)).toBe(
            true,
          );
          expect(selection.considered).toHaveLength(candidates.length);
          expect(selectMembers(asked)).toEqual(selection);
        },
      ),
    );
  });
});

describe('exploration', () => {
  const candidates = [
    candidate('known', { record: skilled(0.01) }),
    candidate('second', { record: skilled(0.005) }),
    candidate('new', { quality: 5 }),
  ];
  const ask = (key: string, change: Partial<SelectionQuestion> = {}) =>
    selectMembers(question({ candidates, key, exploration: { share: 0.1, spendShare: 0.05 }, ...change }));

  test('gives a shadow call to the least known model in about a tenth of 2,000 decisions', () => {
    const shadows = Array.from({ length: 2000 }, (_, index) => ask(`d${index}`).shadow);
    const share = shadows.filter((one) => one !== null).length / 2000;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    expect(new Set(shadows)).toEqual(new Set([null, 'new']));
  });

  test('stops when the share of calls or of money is used up', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `d${index}`);
    for (const shadowShare of [
      { calls: 0.1, spend: 0 },
      { calls: 0, spend: 0.05 },
    ])
      expect(keys.filter((key) => ask(key, { shadowShare }).shadow !== null)).toEqual([]);
  });

  test('asks unknown models of higher seed quality more often', () => {
    const unknown = [
      candidate('known', { record: skilled(0.1) }),
      candidate('strong', { quality: 10 }),
      candidate('weak', { quality: 0 }),
    ];
    const shadows = Array.from(
      { length: 4000 },
      (_, index) =>
        ask(`d${index}`, { candidates: unknown, size: 1, exploration: { share: 1, spendShare: 1 } }).shadow,
    );
    // Seed qualities of 10 and 0 lie 0.02 apart; both are known to 0.045: strong is drawn higher in 62 of 100.
    const share = shadows.filter((one) => one === 'strong').length / 4000;
    expect(share).toBeGreaterThan(0.59);
    expect(share).toBeLessThan(0.66);
  });

  test('a shadow call has no vote', () => {
    const key = Array.from({ length: 200 }, (_, index) => `d${index}`).find(
      (one) => ask(one).shadow !== null,
    );
    const selection = ask(key as string);
    expect(selection.members).not.toContain('new');
    expect(selection.considered.find((one) => one.model === 'new')?.taken).toBe('shadow');
  });
});

test('skill of a narrow context with few outcomes stays near the wider one', () => {
  const few = contextSkill([
    { context: 'all', n: 970, skill: 0.02 },
    { context: 'equity', n: 3, skill: -0.3 },
  ]);
  expect(few.skill).toBeCloseTo(0.0194 + (3 / 33) * (-0.3 - 0.02), 12);
  expect(contextSkill([], 0.004)).toMatchObject({ skill: 0.004, n: 0 });
});

test.each([1, 10, 30, 300])('%i outcomes that every level holds count once', (n) => {
  const levels = ['all', 'time to expiry', 'volatility regime', 'category', 'whole context'];
  const { skill } = contextSkill(
    levels.map((context) => ({ context, n, skill: 0.05 })),
    0.01,
  );
  expect(skill).toBeCloseTo((n * 0.05 + 30 * 0.01) / (n + 30), 12);
});
