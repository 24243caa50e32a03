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

export interface Resume {
  readonly part: string;
  readonly signal: Kill['signal'];
  readonly openSessions: number;
  readonly backMs: number;
  /** From the kill to the next stored answer or decision; null when there was none. */
  readonly resumeMs: number | null;
}

const nextProgress = async (db: Database, kill: Kill): Promise<Resume> => {
  const { part, signal, openSessions, backMs, at } = kill;
  const [row] = await db.query<{ readonly next: string | null }>(
    `select min(t) as next from (
       select created_at as t from answers where created_at > $1
       union all select created_at from ensemble_decisions where created_at > $1) progress`,
    [at],
  );
  const resumeMs = row?.next ? Date.parse(row.next) - Date.parse(at) : null;
  return { part, signal, openSessions, backMs, resumeMs };
};

export const resumesAfter = (db: Database, kills: readonly Kill[]): Promise<readonly Resume[]> =>
  Promise.all(kills.map((kill) => nextProgress(db, kill)));

/** 95th percentile of the time from a kill to the next stored answer or decision. */
export const p95ResumeMs = (resumes: readonly Resume[]): number | null =>
  percentile(
    resumes.flatMap(({ resumeMs }) => (resumeMs === null ? [] : [resumeMs])),
    0.95,
  );
