// Sequential parts of the track record: evidence, experiments, screening, drift, windows, ranking, context.
import fc from 'fast-check';
import { experimentFigures } from '../../bench/support/experiment-claims';
import { type DriftState, NO_DRIFT, observeDrift, surprise } from '../../domain/track/drift';
import { addEvidence, advanceTrial, eValue, NEW_TRIAL, NO_EVIDENCE } from '../../domain/track/evidence';
import { experimentEstimate, NEW_EXPERIMENT, recordPair } from '../../domain/track/experiment';
import { expiryBucket } from '../../domain/track/expiry';
import { type Random, randomNormal, seededRandom } from '../../domain/track/random';
import { rankMembers } from '../../domain/track/ranking';
import { volatilityRegime } from '../../domain/track/regime';
import type { Outcome } from '../../domain/track/scoring';
import { type ScreenState, screen, UNSCREENED } from '../../domain/track/screening';
import { pickShadowCall } from '../../domain/track/shadow-calls';
import { rollingWindows, WINDOWS } from '../../domain/track/windows';

describe('experiments', () => {
  it('find a difference in at most 5 % of 10,000 A/A streams, and one of .02 within some hundred outcomes', () => {
    const figures = experimentFigures();
    expect(figures.falsePositiveShare).toBeLessThanOrEqual(0.05);
    expect(figures.medianOutcomesToDetect02).toBeLessThan(2000);
  }, 300_000);

  it('name the better arm, bracket the difference, and refuse losses outside [0, 1]', () => {
    let experiment = NEW_EXPERIMENT;
    for (let i = 0; i < 500; i += 1) experiment = recordPair(experiment, { a: 0.4, b: i % 2 ? 0.1 : 0.2 });
    expect(experiment.verdict).toBe('b_better');
    const [mean, low, high] = experimentEstimate(experiment);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    expect(low).toBeGreaterThan(0);
    expect(() => recordPair(experiment, { a: 1.5, b: 0 })).toThrow(/arm a/);
  });
});

describe('evidence', () => {
  it('reaches 20 under no gain in at most 5 % of streams', () => {
    const random = seededRandom(5);
    let reached = 0;
    for (let stream = 0; stream < 1000; stream += 1) {
      let evidence = NO_EVIDENCE;
      for (let i = 0; i < 300; i += 1) {
        evidence = addEvidence(evidence, 0.6 * (random() - 0.5));
        if (eValue(evidence) >= 20) {
          reached += 1;
          break;
        }
      }
    }
    expect(reached / 1000).toBeLessThanOrEqual(0.05);
  });

  it('puts a better candidate to work and takes it back by the same rule', () => {
    let trial = NEW_TRIAL;
    for (let i = 0; i < 200; i += 1) trial = advanceTrial(trial, 0.1);
    expect(trial.atWork).toBe(true);
    for (let i = 0; i < 400; i += 1) trial = advanceTrial(trial, -0.1);
    expect(trial.atWork).toBe(false);
    expect(advanceTrial(NEW_TRIAL, -0.5, 0).atWork).toBe(true);
    expect(() => addEvidence(NO_EVIDENCE, 1.2)).toThrow(/\[-1, 1\]/);
  });
});

describe('screening', () => {
  const observe = (state: ScreenState, half: boolean) =>
    screen(state, { exact_half: half, failure: false, contradiction: false });
  const run = (share: number, n: number, seed: number, from: ScreenState = UNSCREENED) => {
    const random = seededRandom(seed);
    let state = from;
    for (let i = 0; i < n; i += 1) state = observe(state, random() < share);
    return state;
  };

  it('flags a member that is mostly one half within 50 forecasts', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const state = run(0.75, 50, seed);
      expect(state.firstFlaggedAt).not.toBeNull();
    }
  });

  it('seldom flags a sound one and clears a recovered one', () => {
    const flagged = Array.from({ length: 100 }, (_, seed) => run(0.05, 300, seed)).filter(
      (state) => state.firstFlaggedAt !== null,
    );
    expect(flagged.length).toBeLessThanOrEqual(5);
    const broken = run(1, 20, 1);
    expect(broken.flagged).toBe(true);
    expect(run(0.02, 40, 2, broken).flagged).toBe(false);
  });
});

describe('drift', () => {
  const follow = (random: Random, n: number, shift: number, from: DriftState = NO_DRIFT) => {
    let state = from;
    for (let i = 0; i < n; i += 1) {
      const p = 0.2 + 0.6 * random();
      const y: Outcome = random() < p + shift * (p > 0.5 ? -1 : 1) ? 1 : 0;
      state = observeDrift(state, surprise(p, y));
    }
    return state;
  };

  it('is quiet for a calibrated forecaster and loud for one that turned wrong', () => {
    const random = seededRandom(12);
    const quiet = Array.from({ length: 40 }, () => follow(random, 300, 0)).filter((state) => state.drifted);
    expect(quiet.length).toBeLessThanOrEqual(8);
    const calm = follow(seededRandom(1), 100, 0);
    expect(follow(seededRandom(2), 400, 0.5, calm).drifted).toBe(true);
  });
});

describe('windows', () => {
  const score = fc.record({
    atMs: fc.integer({ min: 0, max: 10_000_000_000 }),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
    cluster: fc.constantFrom('a', 'b', 'c', 'd'),
  });

  it('grow in n, and stay within the values seen', () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 40 }), (rows) => {
        const windows = rollingWindows(rows, 10_000_000_000);
        expect(windows.map((window) => window.window)).toEqual(WINDOWS);
        windows.slice(1).forEach((window, i) => {
          expect(window.n).toBeGreaterThanOrEqual(windows[i]!.n);
        });
        for (const { value } of windows) {
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(Math.min(...rows.map((row) => row.value)) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...rows.map((row) => row.value)) + 1e-9);
        }
      }),
    );
  });

  it('pull one fresh outcome most of the way to the long record', () => {
    const now = 1_000_000_000_000;
    const old = Array.from({ length: 200 }, (_, i) => ({
      atMs: now - 9e9 - i,
      value: 0.2,
      cluster: `o${i}`,
    }));
    const hour = rollingWindows([...old, { atMs: now - 1, value: 1, cluster: 'new' }], now)[0]!;
    expect(hour.n).toBe(1);
    expect(hour.raw).toBe(1);
    expect(hour.value!).toBeLessThan(0.45);
  });
});

describe('ranking', () => {
  it('prefers a long good record to a short lucky one, and ties what it cannot tell apart', () => {
    const rows = (n: number, gain: number, noise: number, seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: n }, (_, i) => ({
        cluster: `${i}`,
        meanLoss: 0.2,
        memberLoss: 0.2 - gain + noise * (random() - 0.5),
      }));
    };
    const ranked = rankMembers([
      { member: 'lucky', rows: rows(3, 0.15, 0.2, 1), costUsd: 1 },
      { member: 'steady', rows: rows(300, 0.05, 0.2, 2), costUsd: 2 },
      { member: 'twin', rows: rows(300, 0.05, 0.2, 3), costUsd: 0 },
      { member: 'poor', rows: rows(300, -0.1, 0.2, 4), costUsd: null },
      { member: 'new', rows: [], costUsd: null },
    ]);
    expect(ranked[0]!.member === 'steady' || ranked[0]!.member === 'twin').toBe(true);
    const bandOf = (member: string) => ranked.find((entry) => entry.member === member)!.band;
    expect(bandOf('steady')).toBe(bandOf('twin'));
    expect(bandOf('poor')).toBeGreaterThan(bandOf('steady'));
    expect(ranked.find((entry) => entry.member === 'new')!.n).toBe(0);
  });
});

describe('context', () => {
  it('tells volatility regimes apart and does not guess with fewer than 250 bars', () => {
    const series = (quiet: number, loud: number) => {
      const random = seededRandom(6);
      let close = 100;
      return Array.from({ length: 250 }, (_, i) => {
        close *= Math.exp((i < 220 ? quiet : loud) * randomNormal(random));
        return close;
      });
    };
    expect(volatilityRegime(series(0.01, 0.05))).toBe('high');
    expect(volatilityRegime(series(0.05, 0.01))).toBe('low');
    expect(volatilityRegime(series(0.01, 0.01).slice(1))).toBe('unknown');
  });

  it('puts times to expiry in their buckets', () => {
    const day = 86_400_000;
    expect([0.5, 1, 6.9, 7, 30, 30.1].map((days) => expiryBucket(0, days * day))).toEqual([
      'under_1_day',
      '1_to_7_days',
      '1_to_7_days',
      '7_to_30_days',
      '7_to_30_days',
      'over_30_days',
    ]);
    expect(() => expiryBucket(1, 0)).toThrow(/0 or more/);
  });

  it('makes shadow calls on a bounded share, mostly to the better, the same for the same seed', () => {
    const candidates = [
      { model: 'good', skill: 0.1, deviation: 0.1, n: 200 },
      { model: 'bad', skill: -0.1, deviation: 0.1, n: 200 },
    ];
    const draw = () => {
      const random = seededRandom(21);
      return Array.from({ length: 2000 }, () => pickShadowCall(candidates, { share: 0.1 }, random));
    };
    const picks = draw();
    const made = picks.filter((pick) => pick !== null);
    expect(made.length / picks.length).toBeLessThan(0.13);
    expect(made.filter((pick) => pick === 'good').length / made.length).toBeGreaterThan(0.9);
    expect(draw()).toEqual(picks);
    expect(pickShadowCall([], { share: 1 }, seededRandom(1))).toBeNull();
  });

  it('draws shadow calls around the expected skill as it is given, however few outcomes are behind it', () => {
    const few = { model: 'few', skill: 0.1, deviation: 0, n: 5 };
    const many = { model: 'many', skill: 0.06, deviation: 0, n: 500 };
    expect(pickShadowCall([few, many], { share: 1 }, seededRandom(1))).toBe('few');
  });
});
