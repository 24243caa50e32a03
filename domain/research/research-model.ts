// Which model does the research for a premium model (A9): its maker's cheaper one, from the registry.
import type { ModelEntry } from '../selection/model';

/**
 * Id of the model that researches for `model`: its sibling where the registry names one that exists, else the
 * model itself; an unknown model falls back to itself.
 */
export const siblingOf = (model: string, registry: readonly ModelEntry[]): string => {
  const sibling = registry.find((entry) => entry.id === model)?.researchSibling ?? null;
  return sibling !== null && registry.some((entry) => entry.id === sibling) ? sibling : model;
};
