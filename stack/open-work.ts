// What keeps a stack alive once its last client has gone: work that someone waits for or that calls models, which
// is paid for twice when it is cut off. Entities, and waits for a person or for a closing price, do not.

/** Whole types, each of which ends within its deadlines. */
const TYPES = [
  'marketSession',
  'ensembleDecision',
  'researchSession',
  'analystPanel',
  'competitionDay',
  'probation',
  'experimentArms',
  'taskRun',
  'cacheWarming',
] as const;

/** Visibility query of what is open; a tournament that waits for a person may do so for days. */
export const OPEN_WORK = [
  `ExecutionStatus="Running" AND (WorkflowType IN (${TYPES.map((type) => `"${type}"`).join(',')})`,
  `(WorkflowType="tournament" AND (ConclaveStatus IS NULL OR ConclaveStatus!="waiting"))`,
  `(WorkflowType="paperDay" AND WorkflowId STARTS_WITH "paper-orders:"))`,
].join(' OR ');

/** Counts what is open; where the server does not answer, the last count stands: what was open may still be. */
export const createOpenWork = (count: () => Promise<number>): (() => Promise<number>) => {
  let last = 0;
  return async () => {
    last = await count().catch(() => last);
    return last;
  };
};
