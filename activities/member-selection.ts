// Who takes part in a decision, who may stand in, and why each candidate was taken or not.
import type { Proposition } from '../domain/market/proposition';
import type { ModelEntry } from '../domain/selection/model';
import { HOUSE_MODELS } from '../providers/house/house-models';
import type { Candidate } from '../workflows/contracts/calls';
import type { CandidateNote, DecisionInput, PlannedMember } from '../workflows/contracts/decision';
import { toCandidate } from './candidate';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';
import { createUsableModels } from './usable-models';

export interface Selection {
  readonly members: readonly PlannedMember[];
  readonly substitutes: readonly Candidate[];
  readonly notes: readonly CandidateNote[];
}

/** Fewer language models than this make no ensemble: the house's statistics take part then. */
const FEWEST_LANGUAGE_MODELS = 3;

export const createMemberSelection = (dependencies: Dependencies) => {
  const { stores, recorded, options } = dependencies;
  const usable = createUsableModels(dependencies);

  const named = async (input: DecisionInput, names: readonly string[]): Promise<readonly ModelEntry[]> => {
    const systems = input.recorded
      ? await recorded(input.recorded.folder, 0).discover(AbortSignal.timeout(60_000))
      : [];
    return Promise.all(
      names.map(async (name) => {
        const entry = systems.find((system) => system.id === name) ?? (await stores.registry.get(name));
        if (!entry)
          throw badInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
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

  const byDefault = async (proposition: Proposition): Promise<Selection> => {
    const language = await usable.languageModels();
    const house = await houseFor(proposition);
    const seats = language.slice(0, options.ensembleSize);
    const members = seats.length >= FEWEST_LANGUAGE_MODELS ? seats : [...seats, ...house];
    const taken = new Set(members.map((model) => model.id));
    const rest = language.filter((model) => !taken.has(model.id));
    return {
      members: members.map(toMember),
      substitutes: rest.map(toCandidate),
      notes: [
        ...members.map((model) => ({
          model: model.id,
          taken: true,
          reason: model.statistical ? 'statistics of the house' : `quality ${model.quality}`,
        })),
        ...rest.map((model) => ({
          model: model.id,
          taken: false,
          reason: `ranked below the ${options.ensembleSize} seats; may stand in`,
        })),
      ],
    };
  };

  /** Named members as they are; otherwise the best language models at hand, the house where they are too few. */
  const select = async (input: DecisionInput, proposition: Proposition): Promise<Selection> => {
    if (!input.members) return byDefault(proposition);
    const members = await named(input, input.members);
    return {
      members: members.map(toMember),
      substitutes: [],
      notes: members.map((model) => ({ model: model.id, taken: true, reason: 'named in the request' })),
    };
  };
  return { select };
};

const toMember = (model: ModelEntry): PlannedMember => ({
  ...toCandidate(model),
  weight: null,
  calibrator: null,
  calibratorVersion: null,
});
