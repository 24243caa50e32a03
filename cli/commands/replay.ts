// `conclave replay`: a stored decision under another strategy or other weights, at no cost.
import type { Command } from 'commander';
import { type ReplayDocument, type ReplayRequest, replayDecision } from '../../client/replay';
import { readStrategy } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly strategy?: string;
  readonly weights: string;
  readonly json?: boolean;
}

const FORMS = 'stored, equal, now, or model=weight pairs such as a=2,b=1';

const readWeights = (text: string): ReplayRequest['weights'] => {
  if (text === 'stored' || text === 'equal' || text === 'now') return text;
  const pairs = text.split(',').map((pair): readonly [string, number] => {
    const at = pair.lastIndexOf('=');
    const weight = at < 1 || pair.slice(at + 1).trim() === '' ? Number.NaN : Number(pair.slice(at + 1));
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw wrongUse(`--weights "${text}" is not understood at "${pair}"`, `Accepted: ${FORMS}.`);
    return [pair.slice(0, at).trim(), weight];
  });
  return Object.fromEntries(pairs);
};

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
    .argument('<decision>', 'id of a stored decision')
    .description('a stored decision under another strategy or other weights, from its stored answers')
    .option('--strategy <name>', 'ensemble strategy (default: the one that decided)')
    .option('--weights <form>', FORMS, 'stored')
    .option('--json', 'print one JSON document')
    .action(runAction(run));
};
