// `conclave replay`: a stored decision under another strategy or other weights, at no cost.
import type { Command } from 'commander';
import { typedValue } from '../../client/field-errors';
import { idText, readField, replayWeights } from '../../client/fields';
import { type ReplayDocument, type ReplayRequest, replayDecision } from '../../client/replay';
import { checks, readStrategy } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly strategy?: string;
  readonly weights: string;
  readonly json?: boolean;
}

const FORMS = 'stored, equal, now, or model=weight pairs such as a=2,b=1';

/** `a=2,b=1` as an object, or JSON; anything else as it was typed. */
const typedWeights = (text: string): unknown => {
  const pairs = text.split(',').map((pair) => /^(.+)=([^=]*)$/.exec(pair));
  if (!pairs.every((pair) => pair !== null)) return typedValue(text);
  return Object.fromEntries(pairs.map(([, model, weight]) => [model!.trim(), typedValue(weight!)]));
};

const readWeights = (text: string): ReplayRequest['weights'] =>
  readField('weights', replayWeights, typedWeights(text));

const shown = (probability: number | null): string => (probability === null ? '-' : probability.toFixed(4));

const text = (document: ReplayDocument): string =>
  [
    `${document.decisionId}`,
    `then: ${document.original.strategy}, ${document.original.status}, p ${shown(document.original.probability)}`,
    `now:  ${document.replay.strategy}, ${document.replay.status}, p ${shown(document.replay.probability)}${document.outcome ? ` (came out ${document.outcome})` : ''}`,
    ...document.strategies.map(
      ({ strategy, status, probability }) =>
        `  ${strategy.padEnd(24)} ${status.padEnd(14)} ${shown(probability)}`,
    ),
    ...document.replay.reasoning.map((reason) => `- ${reason}`),
  ].join('\n');

const run = async (decisionId: string, flags: Flags): Promise<void> => {
  const request: ReplayRequest = {
    decisionId,
    strategy: flags.strategy === undefined ? null : readStrategy(flags.strategy),
    weights: readWeights(flags.weights),
  };
  const document = await withClient(({ client }) => replayDecision(client, request));
  if (flags.json) printJson(document);
  else printText(text(document));
};

export const registerReplay = (program: Command): void => {
  program
    .command('replay')
    .argument('<decision>', 'id of a stored decision', checks('decision', idText))
    .description('a stored decision under another strategy or other weights, from its stored answers')
    .option('--strategy <name>', 'ensemble strategy (default: the one that decided)')
    .option('--weights <form>', FORMS, 'stored')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave replay decision:equity:AAPL:k1 --strategy consensus
  $ conclave replay decision:equity:AAPL:k1 --weights gpt-6-sol=2,deepseek-v4-pro=1 --json`,
    )
    .action(runAction(run));
};
