// Outcomes as activities: what is due, what sources say of it, what people enter; each scores what it resolves.
import { Context } from '@temporalio/activity';
import { type NewOutcome, NO_PRICES } from '../db/outcome-store';
import type { Proposition } from '../domain/market/proposition';
import { isOfToday, outcomeInstant } from '../domain/track/outcome-instant';
import type { IsoInstant, WorldId } from '../domain/world';
import type {
  DuePage,
  OutcomeEntry,
  OutcomeTally,
  PendingOutcome,
  Position,
} from '../workflows/contracts/outcomes';
import type { PriceFile } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';
import { createOutcomeLookup, type Lookup } from './outcome-lookup';
import { createScoring } from './scoring';

/** Propositions a page: an activity of its own for each part of it. */
const PAGE = 500;

type Counted = 'resolved' | 'voided' | 'corrected' | 'unchanged';

const createTally = () => {
  const counts: Record<Counted | 'scored', number> = {
    resolved: 0,
    voided: 0,
    corrected: 0,
    unchanged: 0,
    scored: 0,
  };
  const pending: PendingOutcome[] = [];
  return {
    count: (what: Counted, scored: number): void => {
      counts[what] += 1;
      counts.scored += scored;
    },
    wait: (propositionId: string, reason: string): void => void pending.push({ propositionId, reason }),
    total: (): OutcomeTally => ({ ...counts, pending }),
  };
};

type Tally = ReturnType<typeof createTally>;

/** A contract that is looked at before its close is not waited for. */
const isDue = ({ resolvesAt }: Proposition, now: IsoInstant): boolean =>
  Date.parse(resolvesAt) <= Date.parse(now);

export const createOutcomeActivities = (dependencies: Dependencies) => {
  const { stores } = dependencies;
  const { lookUp } = createOutcomeLookup(dependencies);
  const { score } = createScoring(stores);

  const propositionOf = async (world: WorldId, id: string): Promise<Proposition> => {
    const found = await stores.propositions.get(id);
    if (found === null || found.world !== world)
      throw badInput(`proposition "${id}" is unknown in world "${world}"`);
    return found;
  };

  const listDueOutcomes = async (request: {
    readonly world: WorldId;
    readonly after: Position | null;
  }): Promise<DuePage> => {
    const due = await stores.track.dueFromSources(request.world, request.after, PAGE);
    const last = due.at(-1);
    return {
      propositionIds: due.map((proposition) => proposition.id),
      next: due.length === PAGE && last ? { resolvesAt: last.resolvesAt, id: last.id } : null,
    };
  };

  const foundOf = (
    lookup: Exclude<Lookup, { status: 'pending' }>,
    now: IsoInstant,
  ): Omit<NewOutcome, 'propositionId'> =>
    lookup.status === 'void' ? { ...lookup, ...NO_PRICES, yes: null, resolvedAt: now } : lookup;

  /** What a person entered while the sources were asked holds. */
  const store = async (
    proposition: Proposition,
    found: Omit<NewOutcome, 'propositionId'>,
    tally: Tally,
  ): Promise<void> => {
    const { first } = await stores.outcomes.record({ propositionId: proposition.id, ...found });
    const counted = found.status === 'void' ? 'voided' : 'resolved';
    tally.count(first ? counted : 'unchanged', await score(proposition));
  };

  /** Asks the sources about each; a source that fails leaves its propositions pending. */
  const resolveOutcomes = async (request: {
    readonly world: WorldId;
    readonly propositionIds: readonly string[];
    readonly prices: PriceFile | null;
  }): Promise<OutcomeTally> => {
    const signal = Context.current().cancellationSignal;
    const tally = createTally();
    for (const id of request.propositionIds) {
      const proposition = await propositionOf(request.world, id);
      // Anew for each: a settled contract is dated by it, and a batch takes minutes.
      const now = await stores.worlds.now(request.world);
      const lookup = await lookUp(proposition, { now, prices: request.prices, signal });
      if (lookup.status !== 'pending') await store(proposition, foundOf(lookup, now), tally);
      else if (isDue(proposition, now)) tally.wait(id, lookup.reason);
      Context.current().heartbeat(id);
    }
    return tally.total();
  };

  const outcomeOf = (
    proposition: Proposition,
    entry: OutcomeEntry,
    yes: boolean,
    now: IsoInstant,
  ): NewOutcome => {
    const resolvedAt = outcomeInstant(entry.resolvedAt, { ...proposition, now });
    if (resolvedAt === null)
      throw badInput(
        `outcome of "${proposition.id}" is dated ${entry.resolvedAt}, ahead of now (${now}); accepted: when it became public, now or earlier`,
      );
    if (Date.parse(resolvedAt) < Date.parse(proposition.asOf))
      throw badInput(
        `outcome of "${proposition.id}" is dated ${resolvedAt}, before its question was open (${proposition.asOf}); accepted: that instant or later`,
      );
    return {
      propositionId: proposition.id,
      status: 'resolved',
      yes,
      ...NO_PRICES,
      source: entry.source,
      reason: entry.reason,
      resolvedAt,
    };
  };

  /** Records a first outcome; an equal one is known already, another one is refused. */
  const enter = async (proposition: Proposition, outcome: NewOutcome, tally: Tally): Promise<void> => {
    const { first, row } = await stores.outcomes.record(outcome);
    if (!first && row.yes !== outcome.yes)
      throw badInput(
        `proposition "${proposition.id}" has the outcome ${row.status === 'void' ? 'void' : row.yes ? 'yes' : 'no'} (revision ${row.revision}); correct it to change it`,
      );
    tally.count(first ? 'resolved' : 'unchanged', await score(proposition));
  };

  const correct = async (
    proposition: Proposition,
    outcome: NewOutcome,
    tally: Tally,
    given: IsoInstant | null,
  ): Promise<void> => {
    const before = await stores.outcomes.current(proposition.id);
    const dated = given !== null && !(before && isOfToday(given, outcome.resolvedAt, before.resolvedAt));
    const after = await stores.outcomes.correct(outcome, dated);
    tally.count(after.revision === before?.revision ? 'unchanged' : 'corrected', await score(proposition));
  };

  /** Each is safe to repeat: a retry of the batch counts what it finds done as unchanged. */
  const recordOutcomes = async (request: {
    readonly world: WorldId;
    readonly entries: readonly OutcomeEntry[];
  }): Promise<OutcomeTally> => {
    let now: IsoInstant | null = null;
    const tally = createTally();
    for (const entry of request.entries) {
      const proposition = await propositionOf(request.world, entry.propositionId);
      now ??= await stores.worlds.now(request.world);
      if (entry.action === 'void' || entry.yes === null) {
        const before = await stores.outcomes.current(proposition.id);
        const after = await stores.outcomes.voidOutcome(proposition.id, entry.reason, entry.source);
        const known = after.revision === before?.revision;
        tally.count(known ? 'unchanged' : 'voided', await score(proposition));
      } else {
        const outcome = outcomeOf(proposition, entry, entry.yes, now);
        await (entry.action === 'correct' ? correct : enter)(proposition, outcome, tally, entry.resolvedAt);
      }
    }
    return tally.total();
  };
  return { listDueOutcomes, resolveOutcomes, recordOutcomes };
};
