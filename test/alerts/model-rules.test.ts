// The rules on models: what they fire on, what an event counts for, and how seldom they take luck for a fault.
import { modelFacts, type ScoredDay } from '../../domain/alerts/model-facts';
import { degradedModels } from '../../domain/alerts/record-rules';
import { alertSettings } from '../../domain/settings/alert-settings';
import { type Random, seededRandom } from '../../domain/track/random';
import { brier, type Outcome, type Scored } from '../../domain/track/scoring';

const settings = alertSettings(new Map());

/** One contract and the forecasts that a model made about it. */
const day = (index: number, forecasts: readonly Scored[], changes: Partial<ScoredDay> = {}): ScoredDay => ({
  model: 'm',
  subject: `question:${index}`,
  resolvedAt: '2025-09-15T12:00:00.000Z',
  fresh: true,
  n: forecasts.length,
  brier: forecasts.reduce((sum, { p, y }) => sum + brier(p, y), 0),
  forecasts,
  ...changes,
});

const earlier = (index: number, forecasts: readonly Scored[]): ScoredDay =>
  day(index, forecasts, { fresh: false, forecasts: [], resolvedAt: '2025-06-15T12:00:00.000Z' });

const judge = (days: readonly ScoredDay[]) => {
  const verdicts = degradedModels(modelFacts(days), settings);
  const firing = (kind: string) => verdicts.find((verdict) => verdict.kind === kind)?.firing;
  return { accuracy: firing('accuracy'), calibration: firing('calibration') };
};

describe('models', () => {
  const half = (index: number): Outcome => (index % 2 === 0 ? 1 : 0);
  const model = (n: number, p: number, before = 0.25): readonly ScoredDay[] => [
    ...Array.from({ length: n }, (_, index) => day(index, [{ p, y: half(index) }])),
    ...Array.from({ length: 100 }, (_, index) => ({ ...earlier(index, []), n: 1, brier: before })),
  ];

  it('fire on a worse Brier score and on probabilities that are off, each by itself', () => {
    expect(judge(model(40, 0.5))).toEqual({ accuracy: false, calibration: false });
    expect(judge(model(40, 0.9))).toEqual({ accuracy: true, calibration: true });
    expect(judge(model(40, 0.5, 0.15))).toEqual({ accuracy: true, calibration: false });
  });

  it('leave an episode open between the threshold and four fifths of it', () => {
    const inside = 0.25 - 0.9 * settings.accuracyDrop!;
    expect(judge(model(40, 0.5, inside))).toEqual({ accuracy: null, calibration: false });
  });

  it('end an episode once what is off may be chance', () => {
    // Two in three came true: off by .15, which chance alone reaches in 21 outcomes, and hardly in 120.
    const off = (n: number) =>
      judge(Array.from({ length: n }, (_, index) => day(index, [{ p: 0.82, y: index % 3 === 0 ? 0 : 1 }])));
    expect(off(120).calibration).toBe(true);
    expect(off(21).calibration).toBe(false);
  });

  it('are not named with fewer outcomes than the setting asks for', () => {
    expect(judge(model(19, 0.9))).toEqual({});
    expect(judge(model(20, 0.9)).calibration).toBe(true);
  });

  it('count the outcomes of one event on one day once', () => {
    const strikes = (events: number) =>
      Array.from({ length: 5 * events }, (_, index) => ({
        ...day(index, [{ p: 0.9, y: 0 }]),
        subject: `market:kalshi/KXHIGH-25SEP${Math.floor(index / 5)}-B${index % 5}`,
      }));
    expect(judge(strikes(19))).toEqual({});
    expect(judge(strikes(20)).calibration).toBe(true);
    const asked = (n: number) => [
      day(
        0,
        Array.from({ length: n }, () => ({ p: 0.9, y: 0 as const })),
      ),
    ];
    expect(judge(asked(100))).toEqual({});
    expect(modelFacts(asked(100))[0]).toMatchObject({
      recent: { briers: [expect.closeTo(0.81, 12)], forecasts: [{ p: 0.9, y: 0 }] },
    });
  });

  it('keep the strikes of an event in the bins of their own probabilities', () => {
    const [fact] = modelFacts([
      day(0, [
        { p: 0.72, y: 1 },
        { p: 0.78, y: 1 },
        { p: 0.2, y: 0 },
      ]),
    ]);
    expect(fact!.recent.forecasts.map(({ p, y }) => [p, y])).toEqual([
      [0.75, 1],
      [0.2, 0],
    ]);
    expect(fact!.recent.briers).toHaveLength(1);
  });
});

describe('alerts on models that are', () => {
  interface Sample {
    readonly outcomes: number;
    readonly decisions?: number;
    /** Chance of yes of what the model gives p. */
    readonly truth: (p: number) => number;
    readonly p?: (random: Random) => number;
  }

  /** Share of 200 samples in which each rule fires, after 100 outcomes of a sound record. */
  const share = ({ outcomes, decisions = 1, truth, p = (random) => random() }: Sample) => {
    const random = seededRandom(11);
    const contract = (
      rule: (p: number) => number,
      forecast: (random: Random) => number,
    ): readonly Scored[] => {
      const said = forecast(random);
      const y: Outcome = random() < rule(said) ? 1 : 0;
      return Array.from({ length: decisions }, () => ({ p: said, y }));
    };
    const fired = { accuracy: 0, calibration: 0 };
    for (let i = 0; i < 200; i += 1) {
      const found = judge([
        ...Array.from({ length: outcomes }, (_, index) => day(index, contract(truth, p))),
        ...Array.from({ length: 100 }, (_, index) =>
          earlier(
            index,
            contract((said) => said, p),
          ),
        ),
      ]);
      if (found.accuracy) fired.accuracy += 1 / 200;
      if (found.calibration) fired.calibration += 1 / 200;
    }
    return fired;
  };

  it.each([
    [20, 1],
    [20, 5],
    [50, 1],
    [50, 5],
    [100, 1],
    [100, 5],
  ])('sound are few: %i contracts with %i decisions on each', (outcomes, decisions) => {
    const { accuracy, calibration } = share({ outcomes, decisions, truth: (p) => p });
    expect(accuracy).toBeLessThanOrEqual(0.025);
    expect(calibration).toBeLessThanOrEqual(0.03);
  });

  it('sound and sure are few', () => {
    const p = (random: Random): number => (random() < 0.5 ? 0.05 : 0.95);
    expect(share({ outcomes: 20, truth: (said) => said, p }).calibration).toBeLessThanOrEqual(0.03);
  });

  it('turned round come with the outcomes that the default asks for', () => {
    const { accuracy, calibration } = share({ outcomes: 20, truth: (p) => 1 - p });
    expect(accuracy).toBeGreaterThan(0.95);
    expect(calibration).toBeGreaterThan(0.9);
  });

  it('sure without knowing come with as many', () => {
    const p = (random: Random): number => (random() < 0.5 ? 0.05 : 0.95);
    expect(share({ outcomes: 20, truth: () => 0.5, p }).calibration).toBeGreaterThan(0.95);
  });

  it('right in six of ten and say nine come with twice as many', () => {
    const { calibration } = share({ outcomes: 40, truth: () => 0.6, p: () => 0.9 });
    expect(calibration).toBeGreaterThan(0.95);
  });
});
