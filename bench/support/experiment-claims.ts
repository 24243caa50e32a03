// How A/B experiments behave when watched after every outcome: false alarms between equal arms, and how long a
// difference of .02 takes to be seen.
import { NEW_EXPERIMENT, recordPair } from '../../domain/track/experiment';
import { sigmoid } from '../../domain/track/log-odds';
import { type Random, randomIndex, randomNormal, seededRandom } from '../../domain/track/random';
import { brier } from '../../domain/track/scoring';

export interface ExperimentFigures {
  readonly streams: number;
  readonly looksPerStream: number;
  readonly falsePositiveShare: number;
  readonly medianOutcomesToDetect02: number;
  readonly detectionStreams: number;
}

/** Brier scores of two forecasters of one question; arm a is worse by `gap` on average. */
const pairOf = (random: Random, gap: number): { readonly a: number; readonly b: number } => {
  const x = 1.2 * randomNormal(random);
  const y = random() < sigmoid(x) ? 1 : 0;
  const loss = (): number => brier(sigmoid(x + 0.5 * randomNormal(random)), y);
  return { a: Math.min(1, loss() + gap), b: loss() };
};

/** Outcomes until a verdict; null when none came within `most`. */
const decidedAfter = (
  draw: () => { readonly a: number; readonly b: number },
  most: number,
): number | null => {
  let experiment = NEW_EXPERIMENT;
  for (let i = 0; i < most && experiment.decidedAt === null; i += 1)
    experiment = recordPair(experiment, draw());
  return experiment.decidedAt;
};

const POOL_OF_PAIRS = 8192;

/** Equal arms: every pair is as likely as its mirror image. */
const mirrored = (random: Random): (() => { readonly a: number; readonly b: number }) => {
  const pairs = Array.from({ length: POOL_OF_PAIRS }, () => pairOf(random, 0));
  const swapped = pairs.map(({ a, b }) => ({ a: b, b: a }));
  return () => {
    const draw = randomIndex(random, 2 * POOL_OF_PAIRS);
    return (draw % 2 === 0 ? pairs : swapped)[draw >> 1]!;
  };
};

const DETECTION_STREAMS = 101;
const MOST_OUTCOMES = 20_000;

/** Simulates `streams` A/A experiments of 2,000 outcomes with a look after each. */
export const experimentFigures = (streams = 10_000, looksPerStream = 2000): ExperimentFigures => {
  const random = seededRandom(2026);
  const draw = mirrored(random);
  let alarms = 0;
  for (let i = 0; i < streams; i += 1) if (decidedAfter(draw, looksPerStream) !== null) alarms += 1;
  const seeing = seededRandom(7);
  const times = Array.from(
    { length: DETECTION_STREAMS },
    () => decidedAfter(() => pairOf(seeing, 0.02), MOST_OUTCOMES) ?? Number.POSITIVE_INFINITY,
  ).sort((x, y) => x - y);
  return {
    streams,
    looksPerStream,
    falsePositiveShare: alarms / streams,
    medianOutcomesToDetect02: times[(DETECTION_STREAMS - 1) / 2]!,
    detectionStreams: DETECTION_STREAMS,
  };
};
