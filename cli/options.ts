// Options that several commands read alike.
import { randomUUID } from 'node:crypto';
import { STRATEGY_NAMES, type StrategyName } from '../domain/ensemble/strategy';
import { type MicroUsd, parseUsd } from '../domain/money/micro-usd';
import {
  BRIEF_TEMPLATES,
  type BriefTemplate,
  RESEARCH_KINDS,
  type ResearchKind,
} from '../domain/research/brief';

const oneOf =
  <T extends string>(name: string, accepted: readonly T[]) =>
  (text: string): T => {
    const found = accepted.find((value) => value === text);
    if (found) return found;
    throw new RangeError(`${name} "${text}" is unknown; accepted: ${accepted.join(', ')}`);
  };

export const readResearchKind: (text: string) => ResearchKind = oneOf('kind', RESEARCH_KINDS);
export const readTemplate: (text: string) => BriefTemplate = oneOf('template', BRIEF_TEMPLATES);
export const readStrategy: (text: string) => StrategyName = oneOf('strategy', STRATEGY_NAMES);

/** @throws RangeError for a sign, an exponent or more than six places. */
export const readStake = (text: string): MicroUsd => {
  try {
    return parseUsd(text);
  } catch {
    throw new RangeError(
      `stake "${text}" is not a dollar amount; accepted: at least 0 with up to six places, such as 25 or 7.50`,
    );
  }
};

/** Names separated by commas; null when none are given. */
export const readNames = (text: string | undefined): readonly string[] | null => {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 0 ? [...new Set(names)] : null;
};

export const readHorizon = (text: string): number => {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 250) return days;
  throw new RangeError(
    `horizon "${text}" is not a number of trading days; accepted: a whole number from 1 to 250`,
  );
};

/** A whole number from 1 to `most`. */
export const readCount = (name: string, text: string, most: number): number => {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw new RangeError(`${name} is ${JSON.stringify(text)}; accepted: a whole number from 1 to ${most}`);
};

/** Share of a recorded latency that a replayed call waits. */
export const readLatencyScale = (text: string): number => {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new RangeError(
    `latency-scale "${text}" is not a share; accepted: a number from 0 to 1, such as 0.05`,
  );
};

/** A key for a run that no one else means. */
export const newRequestKey = (): string => randomUUID().slice(0, 8);
