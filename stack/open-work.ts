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

/**
 * Counts whether anything is open. Where the server does not answer, the last count stands, as what was open may still
 * be; before the first one, something may be open.
 */
export const createOpenWork = (count: () => Promise<number>): (() => Promise<boolean>) => {
  let isOpen = true;
  return async () => {
    isOpen = await count().then(
      (open) => open > 0,
      () => isOpen,
    );
    return isOpen;
  };
};
