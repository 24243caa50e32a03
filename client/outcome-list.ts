// The propositions of a world with their outcomes, for `outcomes list`.
import type { OutcomeRow } from '../db/outcome-store';
import type { Proposition } from '../domain/market/proposition';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { outcomeState } from './fields';

export const OUTCOME_STATES = outcomeState.options;
export type OutcomeState = (typeof OUTCOME_STATES)[number];

export interface ListedOutcome {
  readonly proposition: string;
  readonly subject: string;
  readonly statement: string;
  readonly category: string;
  readonly resolvesAt: string;
  readonly rule: string;
  readonly state: OutcomeState;
  readonly outcome: 'yes' | 'no' | 'void' | null;
  readonly resolvedAt: string | null;
  readonly source: string | null;
  readonly reason: string | null;
  readonly revision: number | null;
}

const stateOf = (proposition: Proposition, outcome: OutcomeRow | null, now: string): OutcomeState => {
  if (outcome !== null) return outcome.status;
  return proposition.resolvesAt <= now ? 'due' : 'open';
};

const listed = (proposition: Proposition, outcome: OutcomeRow | null, now: string): ListedOutcome => ({
  proposition: proposition.id,
  subject: proposition.subject,
  statement: proposition.statement,
  category: proposition.category,
  resolvesAt: proposition.resolvesAt,
  rule: proposition.rule.type,
  state: stateOf(proposition, outcome, now),
  outcome: outcome === null ? null : outcome.yes === null ? 'void' : outcome.yes ? 'yes' : 'no',
  resolvedAt: outcome?.resolvedAt ?? null,
  source: outcome?.source ?? null,
  reason: outcome?.reason ?? null,
  revision: outcome?.revision ?? null,
});

/** Newest questions first, up to `limit`, of one state where it is given. */
export const listOutcomes = async (
  { stores }: ConclaveClient,
  options: { readonly world: WorldId; readonly state?: OutcomeState; readonly limit: number },
): Promise<readonly ListedOutcome[]> => {
  if (!(await stores.worlds.list()).some(({ id }) => id === options.world)) return [];
  const now = await stores.worlds.now(options.world);
  const propositions = await stores.propositions.list({ world: options.world, limit: options.limit });
  const known = await stores.outcomes.currentOf(propositions.map(({ id }) => id));
  const outcomes = new Map(known.map((row) => [row.propositionId, row]));
  const rows = propositions.map((each) => listed(each, outcomes.get(each.id) ?? null, now));
  return options.state === undefined ? rows : rows.filter(({ state }) => state === options.state);
};
