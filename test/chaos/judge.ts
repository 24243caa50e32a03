// What a chaos run must not have broken: the invariants as SQL, the sessions, and the provider's own bill.
import type { ConclaveClient } from '../../client/connect';
import type { Database } from '../../db/database';
import { findViolations, type Violation } from '../../db/invariants';
import type { CallRecord } from '../support/provider-server/call-log';
import type { Kill } from './faults';
import type { SessionEnd } from './sessions';

const lostSessions = (ends: readonly SessionEnd[]): readonly Violation[] =>
  ends.flatMap(({ sessionId, problem }) =>
    problem === null
      ? []
      : [{ invariant: 'session-lost', subject: sessionId ?? 'not started', detail: problem }],
  );

const failedWorkflows = async (client: ConclaveClient): Promise<readonly Violation[]> => {
  const found: Violation[] = [];
  const query = "ExecutionStatus in ('Failed', 'Terminated', 'TimedOut')";
  for await (const { workflowId, status } of client.temporal.workflow.list({ query }))
    found.push({ invariant: 'workflow-failed', subject: workflowId, detail: status.name });
  return found;
};

/** The whole bill lies between what is settled and that plus what is uncertain. */
const billViolations = async (db: Database, calls: readonly CallRecord[]): Promise<readonly Violation[]> => {
  const bill = calls.filter(({ billed }) => billed).reduce((sum, call) => sum + call.costMicroUsd, 0);
  const [sums] = await db.query<{ readonly settled: number; readonly uncertain: number }>(
    `select coalesce(sum(actual_micro_usd), 0) as settled,
       coalesce(sum(reserved_micro_usd) filter (where status in ('uncertain', 'reserved')), 0) as uncertain
     from ledger where billed`,
  );
  const { settled, uncertain } = sums!;
  if (settled <= bill && bill <= settled + uncertain) return [];
  const detail = `provider billed ${bill}, ledger settled ${settled}, uncertain ${uncertain}`;
  return [{ invariant: 'bill-differs', subject: 'all providers', detail }];
};

export interface Evidence {
  readonly client: ConclaveClient;
  readonly db: Database;
  readonly calls: readonly CallRecord[];
  readonly ends: readonly SessionEnd[];
}

export const violationsOf = async ({ client, db, calls, ends }: Evidence): Promise<readonly Violation[]> => [
  ...lostSessions(ends),
  ...(await failedWorkflows(client)),
  ...(await billViolations(db, calls)),
  ...(await findViolations(db, { drainSeconds: 0, providerLog: calls.map(({ callKey }) => callKey) })),
];

const percentile = (values: readonly number[], share: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
};

/** 95th percentile of the time from a kill to the next stored answer or decision, among kills with work open. */
export const p95ResumeMs = async (db: Database, kills: readonly Kill[]): Promise<number | null> => {
  const times = await Promise.all(
    kills.map(async ({ at }) => {
      const [row] = await db.query<{ readonly next: string | null }>(
        `select min(t) as next from (select created_at as t from answers where created_at > $1
         union all select decided_at from (select created_at as decided_at from ensemble_decisions) d
         where decided_at > $1) progress`,
        [at],
      );
      return row?.next ? Date.parse(row.next) - Date.parse(at) : null;
    }),
  );
  return percentile(
    times.flatMap((ms) => (ms === null ? [] : [ms])),
    0.95,
  );
};
