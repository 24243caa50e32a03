// The options by which a model is added or edited, as the fields that the API takes.
import type { Command } from 'commander';
import { typedValue } from '../client/field-errors';
import { SPEEDS, STRENGTHS } from '../domain/selection/model';
import { readNames } from './options';

export interface ModelFlags {
  readonly providerModel?: string;
  readonly name?: string;
  readonly quality?: string;
  readonly context?: string;
  readonly maxOutput?: string;
  readonly strengths?: string;
  readonly speed?: string;
  readonly local?: boolean;
  readonly keyName?: string;
  readonly sibling?: string;
  readonly modelVersion?: string;
  readonly priceIn?: string;
  readonly priceOut?: string;
  readonly priceCached?: string;
  readonly source?: string;
}

const none = (text: string | undefined): string | null | undefined => (text === 'none' ? null : text);

const priceFields = (flags: ModelFlags): Readonly<Record<string, unknown>> | undefined => {
  const price = {
    inputUsdPer1M: flags.priceIn,
    outputUsdPer1M: flags.priceOut,
    cachedInputUsdPer1M: flags.priceCached,
    source: flags.source,
  };
  const given = Object.entries(price).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
};

/** What was typed, by the names of the API's fields; nothing for what was not. */
export const modelFields = (flags: ModelFlags): Readonly<Record<string, unknown>> => {
  const number = (text: string | undefined): unknown => (text === undefined ? undefined : typedValue(text));
  const fields = {
    providerModel: flags.providerModel,
    displayName: flags.name,
    quality: number(flags.quality),
    contextTokens: number(flags.context),
    maxOutputTokens: number(flags.maxOutput),
    strengths: flags.strengths === undefined ? undefined : (readNames(flags.strengths) ?? []),
    speed: flags.speed,
    local: flags.local,
    keyName: none(flags.keyName),
    researchSibling: none(flags.sibling),
    version: flags.modelVersion,
    price: priceFields(flags),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
};

export const withModelOptions = (command: Command): Command =>
  command
    .option('--quality <number>', '0 to 10')
    .option('--provider-model <name>', "the name that the provider's API expects")
    .option('--name <text>', 'name to show')
    .option('--context <tokens>', 'context window')
    .option('--max-output <tokens>', 'most output tokens of one call')
    .option('--strengths <list>', STRENGTHS.join(', '))
    .option('--speed <name>', SPEEDS.join(', '))
    .option('--local', 'runs on this machine')
    .option('--no-local', 'hosted')
    .option('--key-name <variable>', 'environment variable that holds its key, or none')
    .option('--sibling <id>', "the maker's cheaper model that does its research, or none")
    .option('--model-version <name>', 'version')
    .option('--price-in <usd>', 'US dollars per 1M input tokens')
    .option('--price-out <usd>', 'US dollars per 1M output tokens')
    .option('--price-cached <usd>', 'US dollars per 1M cached input tokens')
    .option('--source <text>', 'where the price is from')
    .option('--json', 'print one JSON document');
