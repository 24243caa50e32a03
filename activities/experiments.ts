// Experiments as activities: which arms a recorded decision is put to, what came of them, and what outcomes say.
import type { ExperimentRow, NewPair } from '../db/experiment-store';
import { createRunCap, type RunRoom } from '../db/run-cap';
import { pickForTask, type Tier } from '../domain/selection/tiers';
import { evaluateExperiment } from '../domain/track/experiment-blocks';
import type { IsoInstant, WorldId } from '../domain/world';
import { type Candidate, quotedBy } from '../workflows/contracts/calls';
import type { DecisionRecord } from '../workflows/contracts/decision';
import type { ArmAnswer, ArmsInput, PairAnswer, PlannedArm } from '../workflows/contracts/experiment';
import { toCandidate, withDeadlines } from './candidate';
import type { Dependencies } from './dependencies';
import { createUsableModels } from './usable-models';

/** The arm of a prompt experiment that stands for the wording at work. */
const AT_WORK = 'default';

const questionOf = ({ plan }: DecisionRecord) => ({
  decisionId: plan.decisionId,
  propositionId: plan.propositionId,
  askedAt: plan.now,
  resolvesAt: plan.resolvesAt,
});

/** Both strategies have spoken on the same answers already: a pair for nothing. */
const strategyPair = (experiment: ExperimentRow, record: DecisionRecord): NewPair => {
  const said = (arm: string): number | null =>
    record.shadow.find(({ strategy }) => strategy === arm)?.probability ?? null;
  const [a, b] = [said(experiment.armA), said(experiment.armB)];
  return {
    experimentId: experiment.id,
    ...questionOf(record),
    modelA: null,
    modelB: null,
    probabilityA: a,
    probabilityB: b,
    failureA: a === null ? 'no_answer' : null,
    failureB: b === null ? 'no_answer' : null,
    costMicroUsd: 0,
  };
};

const pairOf = (about: ArmsInput, { experimentId, answers }: PairAnswer): NewPair => {
  const [a, b] = (['a', 'b'] as const).map((arm) => answers.find((answer) => answer.arm === arm)) as [
    ArmAnswer,
    ArmAnswer,
  ];
  return {
    experimentId,
    decisionId: about.decisionId,
    propositionId: about.propositionId,
    askedAt: about.askedAt,
    resolvesAt: about.resolvesAt,
    modelA: a.model,
    modelB: b.model,
    probabilityA: a.probability,
    probabilityB: b.probability,
    failureA: a.failure,
    failureB: b.failure,
    costMicroUsd: a.costMicroUsd + b.costMicroUsd,
  };
};

export const createExperimentScoring = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** However an experiment ends, its cap stays (cap-sweep.ts): arms may be under way, and must not go past it. */
  const evaluate = async (id: string): Promise<void> => {
    const row = await stores.experiments.get(id);
    if (!row || row.status === 'stopped') return;
    const [pairs, now] = await Promise.all([stores.experiments.pairsOf(id), stores.worlds.now(row.world)]);
    const { experiment } = evaluateExperiment(pairs, { alpha: row.alpha, now });
    const { running: state, verdict } = experiment;
    const saved = await stores.experiments.saveState(id, { state, blocks: state.n, verdict });
    if (saved.verdict === 'undecided' || saved.status === 'decided') return;
    await stores.experiments.end(id, 'decided', `decided after ${experiment.decidedAt} blocks`);
  };

  /** Takes in an outcome, its correction or its absence; an experiment that it decides stops by itself. */
  const noteOutcome = async (
    propositionId: string,
    outcome: { readonly yes: boolean; readonly resolvedAt: IsoInstant } | null,
  ): Promise<void> => {
    for (const id of await stores.experiments.setOutcome(propositionId, outcome)) await evaluate(id);
  };

  /** For a pair that was kept after its outcome had become known. */
  const catchUp = async (propositionId: string): Promise<void> => {
    const outcome = await stores.outcomes.current(propositionId);
    if (outcome?.yes !== null && outcome?.yes !== undefined)
      await noteOutcome(propositionId, { yes: outcome.yes, resolvedAt: outcome.resolvedAt });
  };
  return { noteOutcome, catchUp };
};

export const createExperimentActivities = (dependencies: Dependencies) => {
  const { stores, options, logger } = dependencies;
  const usable = createUsableModels(dependencies);
  const cap = createRunCap(stores.caps);
  const { catchUp } = createExperimentScoring(dependencies);

  const outOfBudget = async (id: string): Promise<void> => {
    await stores.experiments.end(id, 'budget_reached', 'the budget does not pay for both arms any more');
  };

  const modelOf = async (experiment: ExperimentRow, arm: string): Promise<Candidate | null> => {
    const models = await usable.all();
    if (experiment.kind === 'tier') {
      const keysPresent = options.keysPresent;
      const { model } = pickForTask({ task: 'forecast', tier: arm as Tier, models, keysPresent });
      return model && toCandidate(model);
    }
    const id = experiment.kind === 'prompt' ? experiment.model : arm;
    const found = models.find((model) => model.id === id);
    return found ? toCandidate(found) : null;
  };

  /** A member that answered itself, in the wording at work, need not be asked again. Arms hear no critique: its first vote. */
  const knownOf = (
    { result, firstVotes = result.members }: DecisionRecord,
    candidate: Candidate,
    wordingId: string | null,
  ) =>
    wordingId === null
      ? (firstVotes.find(({ model, standsInFor }) => model === candidate.model && standsInFor === null)
          ?.probability ?? null)
      : null;

  const armOf = async (
    experiment: ExperimentRow,
    record: DecisionRecord,
    arm: 'a' | 'b',
  ): Promise<PlannedArm | null> => {
    const value = arm === 'a' ? experiment.armA : experiment.armB;
    const found = await modelOf(experiment, value);
    if (found === null) return null;
    const [candidate] = withDeadlines(options)([found]) as readonly [Candidate];
    const wordingId = experiment.kind === 'prompt' && value !== AT_WORK ? value : null;
    return { arm, candidate, wordingId, known: knownOf(record, candidate, wordingId) };
  };

  const roomFor = (id: string, arms: readonly PlannedArm[]): Promise<RunRoom> => {
    const cost = arms.reduce(
      (sum, { known, candidate }) => sum + (known === null ? candidate.worstCaseMicroUsd : 0),
      0,
    );
    return cap.room(id, cost);
  };

  const planOne = async (experiment: ExperimentRow, record: DecisionRecord) => {
    const arms = await Promise.all((['a', 'b'] as const).map((arm) => armOf(experiment, record, arm)));
    const found = arms.filter((arm) => arm !== null);
    // An arm that nobody can play, or two tiers that pick the same model: nothing to compare here.
    const same = found[0]?.candidate.model === found[1]?.candidate.model && experiment.kind !== 'prompt';
    if (found.length < 2 || same) return [];
    const room = await roomFor(experiment.id, found);
    if (room === 'free') return [{ experimentId: experiment.id, arms: found }];
    // While other questions hold what this one would need, it is left out.
    if (room === 'spent') await outOfBudget(experiment.id);
    return [];
  };

  const matching = async (world: WorldId, category: string): Promise<readonly ExperimentRow[]> =>
    (await stores.experiments.running(world)).filter(
      (experiment) => experiment.category === null || experiment.category === category,
    );

  /**
   * Puts a recorded decision into the running experiments: strategies at once and for nothing, and the arms of
   * the others as a plan. Null: nobody is to be asked.
   */
  const enter = async (record: DecisionRecord): Promise<ArmsInput | null> => {
    const { input, plan, result } = record;
    const experiments = await matching(input.world, plan.category);
    if (experiments.length === 0 || result.members.length === 0 || result.status === 'expired') return null;
    for (const experiment of experiments.filter(({ kind }) => kind === 'strategy'))
      await stores.experiments.putPair(strategyPair(experiment, record));
    const asking = experiments.filter(({ kind }) => kind !== 'strategy');
    const planned = (await Promise.all(asking.map((one) => planOne(one, record)))).flat();
    if (planned.length === 0) return null;
    const { world, asOf, subject, recorded, recordedLatencyScale } = input;
    return {
      ...questionOf(record),
      input: { world, asOf, subject, recorded, recordedLatencyScale },
      ...quotedBy(plan.price, plan.priceAt),
      seriesId: plan.seriesId,
      briefId: result.research?.briefId ?? null,
      category: plan.category,
      callDeadlineMs: options.callDeadlineMs,
      experiments: planned,
    };
  };

  /** As `enter`; an experiment that fails loses a question, never the decision it belongs to. */
  const enterExperiments = (record: DecisionRecord): Promise<ArmsInput | null> =>
    enter(record).catch((error: unknown) => {
      const decision = record.plan.decisionId;
      logger.warn({ decision, error: error instanceof Error ? error.message : 'unknown' }, 'no experiment');
      return null;
    });

  /** A cap of others' may have refused an arm as well, or its own for what calls under way held: that ends nothing. */
  const endIfSpent = async (about: ArmsInput, { experimentId, answers }: PairAnswer): Promise<void> => {
    if (answers.every(({ failure }) => failure !== 'budget')) return;
    const planned = about.experiments.find((each) => each.experimentId === experimentId);
    if ((await roomFor(experimentId, planned?.arms ?? [])) === 'spent') await outOfBudget(experimentId);
  };

  /** Keeps what both arms said, once each. */
  const recordExperimentPairs = async (request: {
    readonly about: ArmsInput;
    readonly pairs: readonly PairAnswer[];
  }): Promise<void> => {
    for (const pair of request.pairs) {
      await stores.experiments.putPair(pairOf(request.about, pair));
      await endIfSpent(request.about, pair);
    }
    await catchUp(request.about.propositionId);
  };
  return { enterExperiments, recordExperimentPairs };
};
