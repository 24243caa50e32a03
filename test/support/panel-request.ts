// What someone asks of a panel who names only world, subjects and model.
import type { PanelRequest } from '../../client/panel';

/** From shared briefs, over five days, without a ceiling or a deadline of its own. */
export const aPanelRequest = (
  named: Pick<PanelRequest, 'world' | 'subjects' | 'model'> & Partial<PanelRequest>,
): PanelRequest => ({
  asOf: null,
  horizonDays: 5,
  research: { kind: 'complete', template: 'swing', refresh: false },
  prices: null,
  quorum: null,
  deadlineMs: null,
  maxCostMicroUsd: null,
  priority: 1,
  ...named,
});
