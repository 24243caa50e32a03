// Every export is a workflow type by this name.
export { ensembleDecision } from './ensemble-decision';
export { marketEvents } from './market-events';
export { marketSession } from './market-session';
export { researchSession } from './research-session';
export { sessionTrigger } from './session-trigger';
