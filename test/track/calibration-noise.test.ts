// What chance makes of a calibration error: as often exceeded as said, the same each time, and by clusters.
import { calibrationError } from '../../domain/track/calibration-error';
import { type ClusteredForecast, calibrationNoise, oncePerBin } from '../../domain/track/calibration-noise';
import { type Random, seededRandom } from '../../domain/track/random';

/** Perfectly calibrated forecasts, several of each contract. */
const sound = (random: Random, contracts: number, decisions: number): readonly ClusteredForecast[] =>
  Array.from({ length: contracts }, (_, index) => {
    const p = random();
    const y = random() < p ? 1 : 0;
    return Array.from({ length: decisions }, () => ({ cluster: `c${index}`, p, y }));
  }).flat();

describe('The noise of a calibration error', () => {
  it.each([
    [20, 1],
    [20, 5],
    [60, 3],
  ])(
    'is exceeded by one in a hundred sound samples of %i contracts with %i decisions',
    (contracts, decisions) => {
      const random = seededRandom(5);
      let above = 0;
      for (let i = 0; i < 300; i += 1) {
        const rows = oncePerBin(sound(random, contracts, decisions));
        if (calibrationError(rows)!.debiased > calibrationNoise(rows)) above += 1;
      }
      expect(above / 300).toBeLessThanOrEqual(0.03);
    },
  );

  it('is well above the default threshold of an alert with 20 outcomes, and falls as they grow', () => {
    const few = calibrationNoise(sound(seededRandom(1), 20, 1));
    const many = calibrationNoise(sound(seededRandom(1), 2_000, 1));
    expect(few).toBeGreaterThan(0.15);
    expect(many).toBeLessThan(0.05);
  });

  it('is the same for the same rows, lies between 0 and 1, and is 0 without rows', () => {
    const rows = sound(seededRandom(2), 30, 2);
    expect(calibrationNoise(rows)).toBe(calibrationNoise(rows));
    expect(calibrationNoise([{ cluster: 'a', p: 0.5, y: 1 }])).toBeLessThanOrEqual(1);
    expect(calibrationNoise([{ cluster: 'a', p: 1, y: 1 }])).toBe(0);
    expect(calibrationNoise([])).toBe(0);
  });

  it('is larger where forecasts in different bins turn on one chance', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ p: 0.05 + (index % 10) / 10, y: 0 }));
    const alone = calibrationNoise(rows.map((row, index) => ({ ...row, cluster: `${index}` })));
    const shared = calibrationNoise(rows.map((row, index) => ({ ...row, cluster: `${index % 10}` })));
    const together = calibrationNoise(rows.map((row) => ({ ...row, cluster: 'one' })));
    expect(together).toBeGreaterThan(1.5 * alone);
    expect(shared).toBeGreaterThan(alone);
  });
});

describe('Once per bin', () => {
  it.each([0.1, 0.3, 0.6, 0.7, 0.9])('many forecasts of %f on one contract are one there', (p) => {
    for (const n of [1, 2, 3, 5, 7]) {
      const rows = Array.from({ length: n }, () => ({ cluster: 'a', p, y: 1 }));
      expect(oncePerBin(rows)).toEqual([{ cluster: 'a', p, y: 1 }]);
    }
  });

  it('clusters and bins stay apart', () => {
    const rows = [
      { cluster: 'a', p: 0.61, y: 1 },
      { cluster: 'a', p: 0.69, y: 0 },
      { cluster: 'a', p: 0.2, y: 0 },
      { cluster: 'b', p: 0.61, y: 1 },
    ];
    expect(oncePerBin(rows)).toEqual([
      { cluster: 'a', p: expect.closeTo(0.65, 12), y: 0.5 },
      { cluster: 'a', p: 0.2, y: 0 },
      { cluster: 'b', p: 0.61, y: 1 },
    ]);
  });
});
