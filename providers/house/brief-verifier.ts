// Verifies a brief by rule: is it complete, and does every figure agree with the data feed? Cheap enough to
// run on every brief, and the only check there is without a key (A1).

import type { VerdictAnswer } from '../../domain/research/answer-forms';
import type { BriefContent } from '../../domain/research/brief';
import type { CallData } from '../port';
import { briefFigures } from './brief-figures';

interface Rule {
  readonly points: number;
  readonly problem: string;
  readonly holds: (brief: BriefContent, data: CallData) => boolean;
}

/** Names compared without case and punctuation, so that `last_close` and `lastClose` are one. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Figures of the feed by plain name. */
const feedFigures = (data: CallData): ReadonlyMap<string, number> => {
  const known = { ...briefFigures(data.bars ?? [], data.peers ?? {}), ...data.facts };
  const numbers = Object.entries(known).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return new Map(numbers.map(([name, value]) => [plain(name), value]));
};

/** Half a percent, or a hundredth near zero: the room that rounding needs. */
const agrees = (told: number, known: number): boolean =>
  Math.abs(told - known) <= Math.max(0.01, Math.abs(known) * 0.005);

/** Names of figures that contradict the data feed. */
export const contradictedFigures = (brief: BriefContent, data: CallData): readonly string[] => {
  const feed = feedFigures(data);
  return Object.entries(brief.figures)
    .filter(([name, value]) => feed.has(plain(name)) && !agrees(value, feed.get(plain(name))!))
    .map(([name]) => name);
};

const RULES: readonly Rule[] = [
  {
    points: 20,
    problem: 'the thesis is shorter than 60 characters',
    holds: ({ thesis }) => thesis.length >= 60,
  },
  { points: 15, problem: 'fewer than two drivers', holds: ({ drivers }) => drivers.length >= 2 },
  { points: 10, problem: 'fewer than two risks', holds: ({ risks }) => risks.length >= 2 },
  {
    points: 20,
    problem: 'fewer than three figures',
    holds: ({ figures }) => Object.keys(figures).length >= 3,
  },
  { points: 10, problem: 'no comparison with peers', holds: ({ peers }) => /\d/.test(peers) },
  { points: 10, problem: 'no volatility context', holds: ({ volatility }) => /\d/.test(volatility) },
  { points: 10, problem: 'no news is cited', holds: (_, data) => (data.news ?? []).length > 0 },
  { points: 5, problem: 'no upcoming event is named', holds: ({ upcoming }) => upcoming.length > 0 },
];

/** One contradicted figure costs more than any missing part: a wrong number is worse than none. */
const CONTRADICTION_POINTS = 40;

/** Quality 0-100 with its problems; 0 when there is no brief to read. */
export const verifyBriefByRule = (data: CallData): VerdictAnswer => {
  const { brief } = data;
  if (!brief) return { quality: 0, problems: ['there is no brief to verify'] };
  const broken = RULES.filter((rule) => !rule.holds(brief, data));
  const wrong = contradictedFigures(brief, data);
  const earned =
    100 - broken.reduce((sum, rule) => sum + rule.points, 0) - CONTRADICTION_POINTS * wrong.length;
  return {
    quality: Math.max(0, earned),
    problems: [
      ...broken.map((rule) => rule.problem),
      ...wrong.map((name) => `figure ${name} contradicts the data feed`),
    ],
  };
};
