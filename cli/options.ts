// Options that several commands read alike.
import { randomUUID } from 'node:crypto';
import { typedValue } from '../client/field-errors';
import {
  briefTemplate,
  horizonDays,
  listLimit,
  readField,
  researchKind,
  strategyName,
  usdAmount,
  worldName,
} from '../client/fields';
import type { StrategyName } from '../domain/ensemble/strategy';
import { type MicroUsd, parseUsd } from '../domain/money/micro-usd';
import type { BriefTemplate, ResearchKind } from '../domain/research/brief';
import type { WorldId } from '../domain/world';

export const readResearchKind = (text: string): ResearchKind => readField('kind', researchKind, text);
export const readTemplate = (text: string): BriefTemplate => readField('template', briefTemplate, text);
export const readStrategy = (text: string): StrategyName => readField('strategy', strategyName, text);

/** @throws BadInput for a sign, an exponent or more than six places. */
export const readStake = (text: string): MicroUsd => parseUsd(readField('stake', usdAmount, text.trim()));

/** Names separated by commas; null when none are given. */
export const readNames = (text: string | undefined): readonly string[] | null => {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 0 ? [...new Set(names)] : null;
};

export const readHorizon = (text: string): number => readField('horizon', horizonDays, typedValue(text));

export const readLimit = (text: string): number => readField('limit', listLimit, text);

export const readWorld = (text: string): WorldId => readField('world', worldName, text);

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
