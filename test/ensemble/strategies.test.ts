// The five strategies on the same answers: what each says, and what none ever does.
import fc from 'fast-check';
import { runAllStrategies, strategyNamed } from '../../domain/ensemble/all-strategies';
import { nearestAnswer } from '../../domain/ensemble/nearest-answer';
import { extremizedLogOddsPool, medianPool } from '../../domain/ensemble/pool';
import { defaultQuorum, type MemberAnswer } from '../../domain/ensemble/quorum';
import {
  LIVE_THRESHOLDS,
  STRATEGY_NAMES,
  type StrategyInput,
  type StrategyName,
} from '../../domain/ensemble/strategy';
import { STRATEGIES } from '../../domain/ensemble/strategy-list';
import { tally } from '../../domain/ensemble/tally';
import { answered, failed, keys, positive, probabilities, probability, shuffle } from './arbitraries';

const decide = (name: StrategyName, input: StrategyInput) => strategyNamed(name).decide(input);

const mixed = fc
  .array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null, freq: 4 }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((ps): readonly MemberAnswer[] =>
    ps.map((p, index) =>
      p === null ? failed(`m${index}`) : { model: `m${index}`, status: 'answered', probability: p },
    ),
  );

describe('All strategies', () => {
  it('are listed, each known by its name', () => {
    expect(STRATEGIES.map((strategy) => strategy.name)).toEqual([...STRATEGY_NAMES]);
    expect(STRATEGY_NAMES).toEqual(
      expect.arrayContaining([
        'weighted_vote',
        'calibrated_confidence',
        'consensus',
        'cascade',
        'uncertainty_adjusted',
      ]),
    );
    expect(() => strategyNamed('dictator')).toThrow(/calibrated_confidence, cascade, /);
  });

  it('give a probability exactly when decided, with weights of the answered that sum to 1', () => {
    fc.assert(
      fc.property(mixed, (answers) => {
        for (const [name, result] of Object.entries(runAllStrategies({ answers }))) {
          expect(result.strategy).toBe(name);
          const total = Object.values(result.perMemberWeight).reduce((sum, weight) => sum + weight, 0);
          if (result.status === 'decided') {
            expect(result.probability!).toBeGreaterThanOrEqual(0);
            expect(result.probability!).toBeLessThanOrEqual(1);
            expect(total).toBeCloseTo(1, 9);
          } else {
            expect(result.probability).toBeNull();
            expect(total).toBe(0);
          }
          for (const model of Object.keys(result.perMemberWeight)) {
            expect(answers.find((answer) => answer.model === model)!.status).toBe('answered');
          }
        }
      }),
    );
  });

  it('give the same probability with and without the account of it', () => {
    const calibrator = fc.record({
      a: fc.double({ min: 0.2, max: 3, noNaN: true }),
      b: fc.double({ min: -1, max: 1, noNaN: true }),
      reliability: probability,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(probability, fc.boolean(), positive, fc.option(calibrator, { nil: null }))),
        fc.boolean(),
        (members, earned) => {
          const answers = members.map(([p, gone], i) =>
            gone
              ? failed(`model-${i}`)
              : { model: `model-${i}`, status: 'answered' as const, probability: p },
          );
          const input = {
            answers,
            weights: earned
              ? Object.fromEntries(members.map(([, , weight], i) => [`model-${i}`, weight]))
              : null,
            calibrators: Object.fromEntries(
              members.flatMap(([, , , own], i) =>
                own ? [[`model-${i}`, { kind: 'platt' as const, ...own }]] : [],
              ),
            ),
          };
          for (const strategy of STRATEGIES) {
            const { probability: full } = strategy.decide(input);
            const lean = strategy.probability(input, tally(input));
            if (full === null) expect(lean).toBeNull();
            else expect(lean).toBe(full);
          }
        },
      ),
    );
  });

  it('do not take a failed member for an opinion', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        const answers = answered(ps);
        const quorum = { needed: 1 };
        const without = runAllStrategies({ answers, quorum });
        const withFailed = runAllStrategies({ answers: [...answers, failed('zz-silent')], quorum });
        for (const name of STRATEGY_NAMES) {
          expect(withFailed[name].probability).toEqual(without[name].probability);
          expect(withFailed[name].perMemberWeight).toEqual(without[name].perMemberWeight);
        }
      }),
    );
  });

  it('do not depend on who answered first', () => {
    fc.assert(
      fc.property(mixed, keys, (answers, order) => {
        const plan = { stakeMicroUsd: null, quickMembers: ['m0', 'm1'] };
        for (const more of [{}, { cascade: plan }]) {
          expect(runAllStrategies({ answers: shuffle(answers, order), ...more })).toEqual(
            runAllStrategies({ answers, ...more }),
          );
        }
      }),
    );
  });

  it('mirror when every answer does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 6 }),
        (ps) => {
          const yes = decide('uncertainty_adjusted', { answers: answered(ps) });
          const no = decide('uncertainty_adjusted', { answers: answered(ps.map((p) => 1 - p)) });
          expect(no.probability!).toBeCloseTo(1 - yes.probability!, 9);
        },
      ),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('name the member that answers %p', (bad) => {
    const answers = answered([0.5, bad, 0.5]);
    for (const strategy of STRATEGIES) {
      expect(() => strategy.decide({ answers })).toThrow(RangeError);
      expect(() => strategy.decide({ answers })).toThrow(/"model-1"/);
    }
  });

  it('refuse a member that comes twice', () => {
    const answers = [...answered([0.5]), ...answered([0.6])];
    for (const strategy of STRATEGIES) expect(() => strategy.decide({ answers })).toThrow(/comes twice/);
  });

  it('abstain when nobody was asked or nobody answered', () => {
    for (const answers of [[], [failed('a'), failed('b')]]) {
      for (const result of Object.values(runAllStrategies({ answers }))) {
        expect(result).toMatchObject({ status: 'abstained', probability: null, disagreement: null });
      }
    }
  });

  it('answer with plain JSON', () => {
    const results = runAllStrategies({ answers: [...answered([0.2, 0.3, 0.9]), failed('late')] });
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });
});

describe('Quorum', () => {
  it('is half of those asked, rounded up, and at least one', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(defaultQuorum)).toEqual([1, 1, 1, 2, 2, 3, 3]);
  });

  it('makes the answer abstain below it and says how many took part', () => {
    const answers = [...answered([0.8, 0.9]), failed('c'), failed('d'), failed('e')];
    const result = decide('weighted_vote', { answers });
    expect(result.status).toBe('abstained');
    expect(result.participation).toEqual({ asked: 5, answered: 2, needed: 3, met: false });
    expect(result.reasoning[0]).toBe('2 of 5 members answered; 3 needed');
    expect(decide('weighted_vote', { answers, quorum: { needed: 2 } }).status).toBe('decided');
  });

  it('must be a whole number of at least one', () => {
    expect(() => decide('weighted_vote', { answers: answered([0.5]), quorum: { needed: 0 } })).toThrow(
      /quorum/,
    );
  });
});

describe('weighted_vote', () => {
  it('is the extremized log-odds mean with equal weights until others are earned', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        const result = decide('weighted_vote', { answers: answered(ps) });
        expect(result.probability!).toBeCloseTo(extremizedLogOddsPool(ps), 12);
      }),
    );
  });

  it('leans to the member with more weight, within floor and cap', () => {
    const answers = answered([0.9, 0.1]);
    const result = decide('weighted_vote', { answers, weights: { 'model-0': 0.99, 'model-1': 0.01 } });
    expect(result.perMemberWeight).toEqual({ 'model-0': 0.75, 'model-1': 0.25 });
    expect(result.probability!).toBeGreaterThan(0.5);
  });

  it('replays hand-made weights as they are when the bounds are lifted', () => {
    const result = decide('weighted_vote', {
      answers: answered([0.9, 0.1]),
      weights: { 'model-0': 1, 'model-1': 0 },
      weightBounds: null,
      thresholds: { slope: 1 },
    });
    expect(result.probability!).toBeCloseTo(0.9, 12);
  });

  it('reweights the others when a member is absent', () => {
    const weights = { a: 0.4, b: 0.4, c: 0.2 };
    const answers: MemberAnswer[] = [
      { model: 'a', status: 'answered', probability: 0.7 },
      failed('b'),
      { model: 'c', status: 'answered', probability: 0.2 },
    ];
    const shares = decide('weighted_vote', { answers, weights }).perMemberWeight;
    expect(shares.a!).toBeCloseTo(2 / 3, 12);
    expect(shares.c!).toBeCloseTo(1 / 3, 12);
  });
});

describe('calibrated_confidence', () => {
  const answers = answered([0.97, 0.8, 0.3]);

  it('takes the most confident member after calibration', () => {
    const result = decide('calibrated_confidence', {
      answers,
      calibrators: { 'model-0': { kind: 'platt', a: 0.2, b: 0, reliability: 1 } },
    });
    expect(result).toMatchObject({ selectedModel: 'model-1', probability: 0.8 });
    expect(result.perMemberWeight).toEqual({ 'model-0': 0, 'model-1': 1, 'model-2': 0 });
  });

  it('lets a confident no win', () => {
    const result = decide('calibrated_confidence', { answers: answered([0.8, 0.05]) });
    expect(result).toMatchObject({ selectedModel: 'model-1', probability: 0.05 });
  });

  it('asks more confidence of the less reliable', () => {
    const at = (reliability: number) =>
      decide('calibrated_confidence', {
        answers: answered([0.56]),
        calibrators: { 'model-0': { kind: 'identity', reliability } },
      });
    expect(at(1).status).toBe('decided');
    expect(at(0)).toMatchObject({ status: 'abstained', selectedModel: null });
  });

  it('breaks ties by reliability, then by id, whoever came first', () => {
    const tie = answered([0.25, 0.75]);
    const calibrators = { 'model-1': { kind: 'identity', reliability: 0.9 } } as const;
    const taken = (input: StrategyInput) => decide('calibrated_confidence', input).selectedModel;
    expect(taken({ answers: tie, calibrators })).toBe('model-1');
    expect(taken({ answers: tie })).toBe('model-0');
    expect(taken({ answers: [...tie].reverse() })).toBe('model-0');
  });

  it('takes nobody where the most confident contradict each other with the same right', () => {
    const live = (...ps: readonly number[]) => ({ answers: answered(ps), thresholds: LIVE_THRESHOLDS });
    const tie = live(0.35, 0.65, 0.55);
    expect(decide('calibrated_confidence', tie)).toMatchObject({
      ...{ status: 'abstained', probability: null, selectedModel: null },
      reasoning: expect.arrayContaining([
        'The most confident members contradict each other: model-0 0.35, model-1 0.65',
      ]),
    });
    const nearest = nearestAnswer('calibrated_confidence', tie);
    expect([nearest.decided, nearest.p!.toFixed(12)]).toEqual([false, '0.500000000000']);
    expect(decide('calibrated_confidence', live(0, 1)).status).toBe('abstained');
    // Not those of one side, nor of which one has earned more, nor decisions of before the rule.
    expect(decide('calibrated_confidence', live(0.65, 0.65, 0.4)).selectedModel).toBe('model-0');
    const calibrators = { 'model-1': { kind: 'identity', reliability: 0.9 } } as const;
    expect(decide('calibrated_confidence', { ...tie, calibrators }).selectedModel).toBe('model-1');
    const { thresholds: _, ...before } = tie;
    expect(decide('calibrated_confidence', before).selectedModel).toBe('model-0');
  });

  it('names the member whose calibrator is broken', () => {
    const broken = { 'model-1': { kind: 'platt', a: -1, b: 0, reliability: 1 } } as const;
    expect(() => decide('calibrated_confidence', { answers, calibrators: broken })).toThrow(/"model-1"/);
    const unsure = { 'model-2': { kind: 'identity', reliability: 2 } } as const;
    expect(() => decide('calibrated_confidence', { answers, calibrators: unsure })).toThrow(/"model-2"/);
  });
});

describe('consensus', () => {
  it('pools the members within tau of the median and sets the others aside', () => {
    const result = decide('consensus', { answers: answered([0.6, 0.62, 0.65, 0.7, 0.05]) });
    expect(result.status).toBe('decided');
    expect(result.perMemberWeight['model-4']).toBe(0);
    expect(result.probability!).toBeCloseTo(extremizedLogOddsPool([0.6, 0.62, 0.65, 0.7]), 12);
    expect(result.disagreement!.members).toBe(4);
  });

  it('answers that there is none when too few agree', () => {
    const result = decide('consensus', { answers: answered([0.2, 0.5, 0.8]) });
    expect(result).toMatchObject({ status: 'no_consensus', probability: null });
    expect(result.reasoning[1]).toContain('1 of 3 within 0.10 of the median 0.50');
  });

  it('needs three valid members, and a quorum before that', () => {
    expect(decide('consensus', { answers: answered([0.6, 0.6]) }).status).toBe('no_consensus');
    const mostlyFailed = [...answered([0.6, 0.6]), failed('c'), failed('d'), failed('e')];
    expect(decide('consensus', { answers: mostlyFailed }).status).toBe('abstained');
  });

  it('counts a member exactly tau away as agreeing', () => {
    expect(decide('consensus', { answers: answered([0.6, 0.7, 0.8]) }).status).toBe('decided');
  });

  it('is never lost by moving a member onto the median', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 9 }),
        fc.nat(8),
        (ps, index) => {
          const before = decide('consensus', { answers: answered(ps) }).status;
          const moved = ps.map((p, i) => (i === index % ps.length ? medianPool(ps) : p));
          if (before === 'decided' && ps.length % 2 === 1) {
            expect(decide('consensus', { answers: answered(moved) }).status).toBe('decided');
          }
        },
      ),
    );
  });

  it('follows the share and tau of its category', () => {
    const answers = answered([0.2, 0.5, 0.8]);
    expect(decide('consensus', { answers, thresholds: { consensusTau: 0.31 } }).status).toBe('decided');
    expect(decide('consensus', { answers, thresholds: { consensusShare: 0.33 } }).status).toBe('decided');
  });
});

describe('cascade', () => {
  const answers = answered([0.98, 0.9, 0.3, 0.4]);
  const quick = { stakeMicroUsd: 5_000_000, quickMembers: ['model-0'] };

  it('keeps the quick answer when it is certain', () => {
    const result = decide('cascade', { answers, cascade: quick });
    expect(result).toMatchObject({ stage: 'quick', status: 'decided' });
    expect(result.perMemberWeight).toEqual({ 'model-0': 1 });
  });

  it('takes the full ensemble when the quick answer is uncertain', () => {
    const result = decide('cascade', { answers, cascade: { ...quick, quickMembers: ['model-3'] } });
    expect(result.stage).toBe('full');
    expect(result.probability).toBe(decide('weighted_vote', { answers }).probability);
    expect(result.reasoning.join('\n')).toMatch(/Escalated from quick/);
  });

  it('takes the full ensemble when the quick member failed', () => {
    const broken = [failed('model-9'), ...answers];
    const result = decide('cascade', {
      answers: broken,
      cascade: { ...quick, quickMembers: ['model-9'] },
    });
    expect(result).toMatchObject({ stage: 'full', status: 'decided' });
  });

  it('starts where the stake says', () => {
    const at = (stakeMicroUsd: number) =>
      decide('cascade', { answers, cascade: { ...quick, stakeMicroUsd } });
    expect(at(10_000_000).stage).toBe('full');
    expect(at(50_000_001).stage).toBe('enhanced');
  });

  it('is lowered by the budget and says so', () => {
    const result = decide('cascade', {
      answers,
      cascade: {
        ...quick,
        stakeMicroUsd: 20_000_000,
        extraCostMicroUsd: { full: 100, enhanced: 100 },
        budgetLeftMicroUsd: 50,
      },
    });
    expect(result.stage).toBe('quick');
    expect(result.reasoning.join('\n')).toMatch(/Lowered from full to quick/);
  });

  it('uses the second vote at the enhanced stage where there is one', () => {
    const secondVote = answered([0.1, 0.1, 0.1, 0.1]);
    const result = decide('cascade', {
      answers,
      cascade: { ...quick, stakeMicroUsd: 60_000_000, secondVote },
    });
    expect(result.probability!).toBeCloseTo(extremizedLogOddsPool([0.1]), 12);
  });

  it('judges lower stages on first votes, so that a mind changed by critique does not undo their escalation', () => {
    const firstVotes = answered([0.6, 0.95, 0.1]);
    const secondVote = answered([0.85, 0.9, 0.8]);
    const result = decide('cascade', { answers: secondVote, cascade: { ...quick, firstVotes, secondVote } });
    expect(result.stage).toBe('enhanced');
    expect(result.probability!).toBeCloseTo(extremizedLogOddsPool([0.85, 0.9, 0.8]), 12);
  });

  it('without a plan asks the member with the most earned weight first', () => {
    const weights = { 'model-0': 0.2, 'model-1': 0.4, 'model-2': 0.2, 'model-3': 0.2 };
    const result = decide('cascade', { answers, weights });
    expect(result).toMatchObject({ stage: 'quick', perMemberWeight: { 'model-1': 1 } });
  });

  it('does not hold the quick stage to a quorum meant for the ensemble', () => {
    expect(decide('cascade', { answers, cascade: quick, quorum: { needed: 3 } }).stage).toBe('quick');
  });
});

describe('uncertainty_adjusted', () => {
  it('is the weighted vote when members agree and nearer one half when they do not', () => {
    const agreed = answered([0.8, 0.8, 0.8]);
    const apart = answered([0.55, 0.8, 0.97]);
    const vote = (answers: readonly MemberAnswer[]): number =>
      decide('weighted_vote', { answers }).probability!;
    const adjusted = (answers: readonly MemberAnswer[]): number =>
      decide('uncertainty_adjusted', { answers }).probability!;
    expect(adjusted(agreed)).toBeCloseTo(vote(agreed), 9);
    expect(adjusted(apart)).toBeLessThan(vote(apart));
    expect(adjusted(apart)).toBeGreaterThan(0.5);
  });
});
