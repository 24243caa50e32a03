// The propositions of a world with their outcomes, for `outcomes list`.
import type { OutcomeRow } from '../db/outcome-store';
import type { PropositionInState, PropositionState } from '../db/proposition-store';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';

export interface ListedOutcome {
  readonly proposition: string;
  readonly subject: string;
  readonly statement: string;
  readonly category: string;
  readonly resolvesAt: string;
  readonly rule: string;
  readonly state: PropositionState;
  readonly outcome: 'yes' | 'no' | 'void' | null;
  readonly resolvedAt: string | null;
  readonly source: string | null;
  readonly reason: string | null;
  readonly revision: number | null;
}

const listed = (proposition: PropositionInState, outcome: OutcomeRow | null): ListedOutcome => ({
  proposition: proposition.id,
  subject: proposition.subject,
  statement: proposition.statement,
  category: proposition.category,
  resolvesAt: proposition.resolvesAt,
  rule: proposition.rule.type,
  state: proposition.state,
  outcome: outcome === null ? null : outcome.yes === null ? 'void' : outcome.yes ? 'yes' : 'no',
  resolvedAt: outcome?.resolvedAt ?? null,
  source: outcome?.source ?? null,
  reason: outcome?.reason ?? null,
  revision: outcome?.revision ?? null,
});

/** Newest questions first, up to `limit`, of one state where it is given. */
export const listOutcomes = async (
  { stores }: ConclaveClient,
  options: { readonly world: WorldId; readonly state?: PropositionState; readonly limit: number },
): Promise<readonly ListedOutcome[]> => {
  const { world, state = null, limit } = options;
  if (!(await stores.worlds.list()).some(({ id }) => id === world)) return [];
  const propositions = await stores.propositions.list({ world, state, limit });
  const known = await stores.outcomes.currentOf(propositions.map(({ id }) => id));
  const outcomes = new Map(known.map((row) => [row.propositionId, row]));
  return propositions.map((each) => listed(each, outcomes.get(each.id) ?? null));
};
