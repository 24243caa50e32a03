// Analysts as forecasters: their predictions are scored like members' forecasts, yet apart from them, so that no
// weight, calibrator or share of a decision's member ever depends on a panel.

/** The category that scores of analysts stand in; reads over all categories leave it out. */
export const ANALYSTS = 'analysts';

/** What an analyst forecasts as; no model has such an id. */
export const analystForecaster = (analyst: string): string => `analyst:${analyst}`;

const PANEL_GROUP = 'panel/';

/** The attempt group of a panel's forecasts: the same panel makes them once. */
export const panelGroup = (panelId: string): string => `${PANEL_GROUP}${panelId}`;

export const isPanelGroup = (attemptGroup: string): boolean => attemptGroup.startsWith(PANEL_GROUP);
