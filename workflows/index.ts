// Every export is a workflow type by this name.

export { alertWatch } from './alert-watch';
export { analystPanel } from './analyst-panel';
export { cacheWarming } from './cache-warming';
export { competitionDay } from './competition-day';
export { competitionReplay } from './competition-replay';
export { dailyReport } from './daily-report';
export { ensembleDecision } from './ensemble-decision';
export { eventWatch } from './event-watch';
export { experimentArms } from './experiment-arms';
export { housekeeping } from './housekeeping';
export { marketEvents } from './market-events';
export { marketSession } from './market-session';
export { outcomeWatch } from './outcome-watch';
export { paperDay } from './paper-day';
export { performanceRollup } from './performance-rollup';
export { probation } from './probation';
export { providerWatch } from './provider-watch';
export { researchSession } from './research-session';
export { review } from './review';
export { sessionTrigger } from './session-trigger';
export { taskRun } from './task-run';
export { tournament } from './tournament';
