// Who plays the analysts of a panel: one model for all of them, so that their differences are of thought and
// not of model. Seventeen calls a subject want a capable cheap one; without any, the house's statistics play.
import type { ModelEntry } from '../domain/selection/model';
import { isNoDearer, topRates } from '../domain/selection/no-dearer';
import { typicalWorstCase } from '../domain/selection/typical-call';
import { HOUSE_RESEARCH_ID } from '../providers/house/house-models';
import type { Candidate } from '../workflows/contracts/calls';
import type { PanelInput } from '../workflows/contracts/panel';
import { toCandidate } from './candidate';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';
import { createUsableModels } from './usable-models';

/** Below this quality a model does not keep up a way of thinking. */
const CAPABLE = 6;
/** Models of other providers that may stand in for a failed call. */
const SUBSTITUTES = 1;

export interface PanelCast {
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

const byCost = (a: ModelEntry, b: ModelEntry): number => typicalWorstCase(a) - typicalWorstCase(b);

const house: Candidate = {
  model: HOUSE_RESEARCH_ID,
  provider: 'house',
  worstCaseMicroUsd: 0,
  statistical: true,
  recorded: false,
};

export const createPanelModels = (dependencies: Dependencies) => {
  const usable = createUsableModels(dependencies);

  const named = async (name: string): Promise<PanelCast> => {
    if (name === 'house') return { candidates: [house], notes: [] };
    const entry = (await usable.all()).find((model) => model.id === name);
    if (!entry)
      throw badInput(
        `model "${name}" cannot be called; accepted: house, or one that "conclave models" lists as usable`,
      );
    if (entry.statistical && entry.id !== HOUSE_RESEARCH_ID)
      throw badInput(`model "${name}" is a forecaster of the house; its analysts are played by "house"`);
    return { candidates: [toCandidate(entry)], notes: [] };
  };

  const cheapest = (models: readonly ModelEntry[]): readonly Candidate[] => {
    const capable = models.filter(({ quality }) => quality >= CAPABLE);
    const ranked = (capable.length > 0 ? capable : models.slice(0, 1)).toSorted(byCost);
    const [first, ...rest] = ranked;
    if (!first) return [];
    // No dearer than the first (requirement E6): of the same price, or with less room for an answer.
    const others = rest.filter(
      (model) => model.provider !== first.provider && isNoDearer(topRates(model), topRates(first)),
    );
    return [first, ...others.slice(0, SUBSTITUTES)].map(toCandidate);
  };

  /** Where all are out they are asked all the same: their answers say what is wrong. */
  const inService = async (models: readonly ModelEntry[]): Promise<PanelCast> => {
    const serving = models.filter(await usable.inService());
    const [usual] = cheapest(models);
    const candidates = cheapest(serving.length > 0 ? serving : models);
    const [first] = candidates;
    const note = `${first?.model} plays the analysts: ${usual?.model} is out of service`;
    return { candidates, notes: first?.model === usual?.model ? [] : [note] };
  };

  /** @throws ApplicationFailure BadInput for a named model that cannot be called. */
  const cast = async (input: PanelInput): Promise<PanelCast> => {
    if (input.model !== null) return named(input.model);
    // A language model has read what came after the as-of: only a named one takes part in a replay.
    const models = input.asOf === null ? await usable.languageModels() : [];
    if (models.length > 0) return inService(models);
    return {
      candidates: [house],
      notes: [
        'The analysts are statistics of the house; no language model was asked',
        ...(input.asOf === null ? await usable.unpricedRemark() : []),
      ],
    };
  };
  return { cast };
};
