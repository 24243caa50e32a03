// Who writes a brief and who checks it: the cheap sibling of the best model at hand. The house's own writer does
// where there is none, and stands in, openly, where none can.
import { siblingOf } from '../domain/research/research-model';
import type { ModelEntry } from '../domain/selection/model';
import { HOUSE_RESEARCH_ID } from '../providers/house/house-models';
import type { Candidate } from '../workflows/contracts/calls';
import type { ResearchInput, ResearchPlan } from '../workflows/contracts/research';
import { toCandidate } from './candidate';
import type { Dependencies } from './dependencies';
import { createUsableModels } from './usable-models';

const houseWriter: Candidate = {
  model: HOUSE_RESEARCH_ID,
  provider: 'house',
  worstCaseMicroUsd: 0,
  statistical: true,
  recorded: false,
};

/** How many language models are tried before the house writes. */
const WRITERS = 2;

export const createResearchModels = (dependencies: Dependencies) => {
  const usable = createUsableModels(dependencies);

  const siblings = (models: readonly ModelEntry[]): readonly ModelEntry[] => {
    const known = new Map(models.map((model) => [model.id, model]));
    return [...new Set(models.map((model) => known.get(siblingOf(model.id, models)) ?? model))];
  };

  /** The first, and who may take over: no dearer (requirement E6), the best of another provider before its own. */
  const writersOf = (models: readonly ModelEntry[]): readonly Candidate[] => {
    const [first, ...rest] = siblings(models).map(toCandidate);
    if (!first) return [];
    const others = rest.filter(({ worstCaseMicroUsd }) => worstCaseMicroUsd <= first.worstCaseMicroUsd);
    const elsewhere = others.filter(({ provider }) => provider !== first.provider);
    return [first, ...(elsewhere.length > 0 ? elsewhere : others).slice(0, WRITERS - 1)];
  };

  const choose = async (
    research: ResearchInput,
  ): Promise<Pick<ResearchPlan, 'writer' | 'verifier' | 'standIn'>> => {
    // Replays must not let a model write from what it has learnt since: figures only, from the house.
    const models = research.asOf === null ? await usable.languageModels() : [];
    const writers = writersOf(models);
    if (writers.length === 0) return { writer: [houseWriter], verifier: [] };
    const chosen = { writer: writers, verifier: writers.slice(-1) };
    return research.withoutStandIn ? chosen : { ...chosen, standIn: houseWriter };
  };
  /** The model at hand whose research `writer` did as its sibling; null: it wrote for itself. */
  const premiumOf = async (writer: string): Promise<ModelEntry | null> => {
    const models = await usable.languageModels();
    return models.find(({ id }) => id !== writer && siblingOf(id, models) === writer) ?? null;
  };
  return { choose, premiumOf };
};
