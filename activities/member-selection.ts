// Who takes part in a decision, who may stand in, who is asked for the record only, and why each candidate was
// taken or not.
import type { Proposition } from '../domain/market/proposition';
import { spread } from '../domain/outage/ramp';
import {
  type Candidate as Considered,
  type ConsideredCandidate,
  type Selection,
  selectMembers,
} from '../domain/selection/candidates';
import type { ModelEntry } from '../domain/selection/model';
import { otherNames } from '../domain/selection/other-names';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { IsoInstant } from '../domain/world';
import { HOUSE_MODELS } from '../providers/house/house-models';
import type { CandidateNote, DecisionInput, PlannedMember } from '../workflows/contracts/decision';
import { toCandidate } from './candidate';
import type { Dependencies } from './dependencies';
import type { Chosen } from './earned-plan';
import { badInput } from './failures';
import { createScreens, drawsProbation } from './member-screening';
import { createSelectionFacts, type SelectionFacts } from './selection-facts';
import { createUsableModels } from './usable-models';

/** Fewer language models than this make no ensemble: the house's statistics take part then. */
const FEWEST_LANGUAGE_MODELS = 3;
/** All answers of a decision are worth at most this part of its stake: dearer ones lose in the choice. */
const WORTH_OF_STAKE = 0.1;

export interface SelectionRequest {
  readonly decisionId: string;
  readonly input: DecisionInput;
  readonly proposition: Proposition;
  readonly settings: DecisionSettings;
  /** What the caps leave; null: no cap. */
  readonly budgetLeftMicroUsd: number | null;
  readonly now: IsoInstant;
}

export const createMemberSelection = (dependencies: Dependencies) => {
  const { stores, recorded, options } = dependencies;
  const usable = createUsableModels(dependencies);
  const facts = createSelectionFacts(dependencies);
  const screens = createScreens(stores);

  const named = async (input: DecisionInput, names: readonly string[]): Promise<readonly ModelEntry[]> => {
    const systems = input.recorded
      ? await recorded(input.recorded.folder, 0).discover(AbortSignal.timeout(60_000))
      : [];
    return Promise.all(
      [...new Set(names)].map(async (name) => {
        const entry = systems.find((system) => system.id === name) ?? (await stores.registry.get(name));
        if (!entry)
          throw badInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
        const ended = usable.ended(entry);
        if (ended !== null) throw badInput(`model "${name}" ${ended}; "conclave models" lists the others`);
        const unserved = entry.provider === 'recorded' ? null : usable.unserved(entry);
        if (unserved !== null)
          throw badInput(
            `model "${name}" cannot be called: it ${unserved}; set it there and start them again`,
          );
        return entry;
      }),
    );
  };

  const houseFor = async (proposition: Proposition): Promise<readonly ModelEntry[]> => {
    const reads = proposition.rule.type === 'close_above' ? 'bars' : 'market_price';
    const fitting = new Set<string>(
      HOUSE_MODELS.filter((model) => model.reads === reads).map((model) => model.id),
    );
    return (await usable.house()).filter((model) => fitting.has(model.id));
  };

  const choose = (request: SelectionRequest, found: SelectionFacts) => {
    const { decisionId, input, settings, budgetLeftMicroUsd } = request;
    const left = Math.min(
      budgetLeftMicroUsd ?? Number.MAX_SAFE_INTEGER,
      input.maxCostMicroUsd ?? Number.MAX_SAFE_INTEGER,
    );
    const ask = (candidates: readonly Considered[], remainingMicroUsd: number): Selection =>
      selectMembers({
        candidates,
        size: settings.ensemble ? settings.ensembleSize : 1,
        remainingMicroUsd,
        worthMicroUsd: input.stakeMicroUsd * WORTH_OF_STAKE,
        deadlineMs: options.callDeadlineMs,
        key: decisionId,
        exploration: { share: settings.shadowShare, spendShare: settings.shadowSpendShare },
        shadowShare: found.shadowShare,
      });
    const silenced = found.candidates.every(({ excluded }) => excluded !== null);
    // With all of them out, all are asked: their answers say what is wrong, and the decision can wait for them.
    const candidates = silenced
      ? found.candidates.map((candidate) => ({ ...candidate, excluded: null, degraded: true }))
      : found.candidates;
    const affordable = ask(candidates, left);
    // With money for none, the calls themselves are refused and the result says that the budget was reached.
    const selection = affordable.members.length > 0 ? affordable : ask(candidates, Number.MAX_SAFE_INTEGER);
    const remarks = [
      ...(silenced ? ['Every language model is out of service; they are asked all the same'] : []),
      ...leftOutText(selection, settings),
    ];
    return { selection, candidates, remarks };
  };

  /** One model that may be back, drawn by the decision, and broken ones on probation. */
  const forTheRecord = (
    { decisionId }: SelectionRequest,
    { shadow, members }: Selection,
    found: SelectionFacts,
    reasons: Readonly<Record<string, string | null>>,
  ): readonly string[] => {
    const open = found.probing.filter((model) => !members.includes(model));
    const probe = open[Math.floor(open.length * spread(`probe:${decisionId}`))];
    const probation = found.candidates
      .map(({ model }) => model)
      .filter((model) => reasons[model] && !members.includes(model) && drawsProbation(decisionId, model));
    return [...new Set([shadow, probe, ...probation].flatMap((model) => model ?? []))];
  };

  const amongModels = async (
    request: SelectionRequest,
    language: readonly ModelEntry[],
    house: readonly ModelEntry[],
  ): Promise<Chosen> => {
    const { proposition, now, settings } = request;
    const { world, category } = proposition;
    const { reasons } = await screens.of(
      language.map(({ id }) => id),
      { world, category, now },
    );
    const found = await facts.gather(language, { proposition, now, screened: reasons });
    const { selection, candidates, remarks } = choose(request, found);
    const byId = new Map(language.map((model) => [model.id, model]));
    const seats = selection.members.map((id) => byId.get(id)!);
    const wanted = settings.ensemble ? Math.min(FEWEST_LANGUAGE_MODELS, settings.ensembleSize) : 1;
    const joining = seats.length >= wanted ? [] : house;
    const record = forTheRecord(request, selection, found, reasons);
    const rest = selection.considered
      .filter(({ taken, model }) => taken === 'no' && !record.includes(model))
      .filter(({ model }) => candidates.find((each) => each.model === model)?.excluded === null)
      .sort((a, b) => b.score! - a.score!);
    return {
      members: [...seats, ...joining].map(toMember),
      substitutes: rest.map(({ model }) => toCandidate(byId.get(model)!)),
      notes: [...selection.considered.map((each) => toNote(each, record)), ...joining.map(houseNote)],
      shadow: record.map((id) => toMember(byId.get(id)!)),
      choice: {
        seed: selection.seed,
        shadow: selection.shadow,
        volatilityRegime: found.volatilityRegime,
        timeToExpiry: found.timeToExpiry,
      },
      remarks,
    };
  };

  /**
   * Named members as they are; otherwise the best language models at hand, the house where they are too few.
   * @throws ApplicationFailure BadInput for a named model that is not in the registry, or that nobody here can call
   */
  const select = async (request: SelectionRequest): Promise<Chosen> => {
    const { input, proposition, settings } = request;
    if (input.members) {
      const models = await named(input, input.members);
      return plainly(
        models,
        models.map(({ id }) => ({ model: id, taken: true, why: 'named in the request' })),
      );
    }
    const [callable, house] = await Promise.all([usable.languageModels(), houseFor(proposition)]);
    const others = otherNames(callable);
    const language = callable.filter(({ id }) => !others.has(id));
    if (language.length > 0) {
      const chosen = await amongModels(request, language, house);
      return { ...chosen, notes: [...chosen.notes, ...[...others].map(otherNameNote)] };
    }
    const seats = settings.ensemble ? house : house.slice(0, 1);
    return { ...plainly(seats, seats.map(houseNote)), remarks: await usable.unpricedRemark() };
  };
  return { select };
};

/** A cap that makes the ensemble smaller or cheaper says so (E3). */
const leftOutText = (
  { members, unaffordable }: Selection,
  { ensemble, ensembleSize }: DecisionSettings,
): readonly string[] => {
  if (unaffordable.length === 0) return [];
  const wanted = Math.min(ensemble ? ensembleSize : 1, members.length + unaffordable.length);
  const seated = members.length < wanted ? `${members.length} of ${wanted} members` : 'cheaper members';
  const models = unaffordable.length === 1 ? '1 model' : `${unaffordable.length} models`;
  return [`The budget pays for ${seated}: ${models} may cost more than it leaves`];
};

const plainly = (models: readonly ModelEntry[], notes: readonly CandidateNote[]): Chosen => ({
  members: models.map(toMember),
  substitutes: [],
  notes,
  shadow: [],
  choice: null,
  remarks: [],
});

const houseNote = ({ id }: ModelEntry): CandidateNote => ({
  model: id,
  taken: true,
  why: 'statistics of the house',
});

const otherNameNote = ([name, seated]: readonly [string, string]): CandidateNote => ({
  model: name,
  taken: false,
  why: `not taken: the same model as ${seated}, under another name`,
});

const toNote = ({ model, taken, reason }: ConsideredCandidate, record: readonly string[]): CandidateNote => ({
  model,
  taken: taken === 'member',
  why: taken === 'no' && record.includes(model) ? `${reason}; asked for the record only` : reason,
});

const toMember = (model: ModelEntry): PlannedMember => ({
  ...toCandidate(model),
  weight: null,
  calibrator: null,
  calibratorVersion: null,
});
