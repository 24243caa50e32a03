// Options that several commands read alike.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { z } from 'zod';
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
import { wrongUse } from './output';

export const readResearchKind = (text: string, name = 'kind'): ResearchKind =>
  readField(name, researchKind, text);
export const readTemplate = (text: string): BriefTemplate => readField('template', briefTemplate, text);
export const readStrategy = (text: string): StrategyName => readField('strategy', strategyName, text);

/**
 * For `option` and `argument`: what is typed must be what the API takes as that field. The action gets it as typed.
 * @param meant what the text means, for a schema of something else than text
 */
export const checks =
  (name: string, schema: z.ZodType, meant: (text: string) => unknown = String) =>
  (text: string): string => {
    readField(name, schema, meant(text));
    return text;
  };

/** The accepted name that is meant where hyphens are typed for underscores; else what was typed. */
export const spelled = (text: string, accepted: readonly string[]): string => {
  const name = text.trim().toLowerCase().replace(/-/g, '_');
  return accepted.includes(name) ? name : text;
};

/** @throws BadInput for a sign, an exponent or more than six places. */
export const readStake = (text: string): MicroUsd => parseUsd(readField('stake', usdAmount, text));
/** @throws BadInput as `readStake` does. */
export const readMaxCost = (text: string): MicroUsd => parseUsd(readField('max-cost', usdAmount, text));

/** Names separated by commas, each once. */
export const typedList = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

/** As `typedList`; null when none are given. */
export const readNames = (text: string | undefined): readonly string[] | null => {
  const names = typedList(text ?? '');
  return names.length > 0 ? names : null;
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

/** What stands by default was not typed. */
const isTyped = (command: Command, name: string): boolean =>
  name.startsWith('--')
    ? command.options.some(
        (option) => option.long === name && command.getOptionValueSource(option.attributeName()) === 'cli',
      )
    : command.registeredArguments.some(
        (argument, place) => argument.name() === name && command.args[place] !== undefined,
      );

/**
 * An option that the command would pass over is refused: who typed it would take the answer for what was asked.
 * @param names options and arguments of `command` that mean nothing here
 * @param where the other of the two: `beside --row`, `without --prices`
 * @throws CliError naming both
 */
export const refuseTyped = (command: Command, names: readonly string[], where: string, fix: string): void => {
  const stray = names.find((name) => isTyped(command, name));
  if (stray !== undefined) throw wrongUse(`${stray} is given ${where}`, fix);
};
