// Who writes a brief and who checks it, of the models that can be called here. The house's own writer does where there
// is none, and stands in, openly, where none can.
import { siblingOf } from '../domain/research/research-model';
import { researchVerifier, researchWriters } from '../domain/research/research-writers';
import type { ModelEntry } from '../domain/selection/model';
import { HOUSE_RESEARCH_ID } from '../providers/house/house-models';
import type { Candidate } from '../workflows/contracts/calls';
import type { ResearchInput, ResearchPlan } from '../workflows/contracts/research';
import { toCandidate, withDeadlines } from './candidate';
import type { Dependencies } from './dependencies';
import { createUsableModels } from './usable-models';

const houseWriter: Candidate = {
  model: HOUSE_RESEARCH_ID,
  provider: 'house',
  worstCaseMicroUsd: 0,
  statistical: true,
  recorded: false,
};

export const createResearchModels = (dependencies: Dependencies) => {
  const usable = createUsableModels(dependencies);
  const timed = withDeadlines(dependencies.options);

  const choose = async (
    research: ResearchInput,
  ): Promise<Pick<ResearchPlan, 'writer' | 'verifier' | 'standIn'>> => {
    // Replays must not let a model write from what it has learnt since: figures only, from the house.
    const models = research.asOf === null ? await usable.languageModels() : [];
    const writers = models.length > 0 ? researchWriters(models, await usable.inService()) : [];
    const verifier = researchVerifier(writers);
    if (!verifier) return { writer: [houseWriter], verifier: [] };
    const chosen = {
      writer: timed(writers.map(toCandidate)),
      verifier: timed([toCandidate(verifier)]),
    };
    return research.withoutStandIn ? chosen : { ...chosen, standIn: houseWriter };
  };
  /** The model at hand whose research `writer` did as its sibling; null: it wrote for itself. */
  const premiumOf = async (writer: string): Promise<ModelEntry | null> => {
    const models = await usable.languageModels();
    return models.find(({ id }) => id !== writer && siblingOf(id, models) === writer) ?? null;
  };
  return { choose, premiumOf };
};
