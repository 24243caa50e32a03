// The paid call's own statements: one read of all that is known before it, and one transaction that books its
// bill and stores its answer. Calls that come together share both, so that a burst costs few round trips.
import { assertMicroUsd, type MicroUsd } from '../domain/money/micro-usd';
import type { BreakerState } from '../domain/outage/breaker-state';
import type { IsoInstant } from '../domain/world';
import { createAnswerStore, type StoredAnswer } from './answer-store';
import { gathered } from './gathered';
import type { LedgerStatus, LedgerUsage } from './ledger-store';
import type { ModeRow } from './mode-store';
import { modelAsJson, type RegistryEntry } from './registry-store';
import { type Sql, storableJson, withCamelKeys } from './sql';

/** A call by its answer key, and whom it would ask. */
export interface CallQuestion {
  readonly key: string;
  readonly provider: string;
  readonly model: string;
}

/** The parts of a stored answer that a call's result is made of. */
export type AnsweredCall = Pick<
  StoredAnswer,
  'key' | 'model' | 'provider' | 'answer' | 'costMicroUsd' | 'latencyMs' | 'servedBy'
>;

export interface SendingSoFar {
  readonly key: string;
  readonly status: LedgerStatus;
  /** Settled: the bill; void: 0; else what is held. */
  readonly costMicroUsd: MicroUsd;
  /** What it was booked as: a failure kind, or words where it is not known how it ended. Null: no failure. */
  readonly failure: string | null;
  /** What more was written of it. */
  readonly note: string | null;
}

/** All that stands in the database about a call before it is made, at one instant. */
export interface CallView {
  /** The live world's clock. */
  readonly now: IsoInstant;
  readonly answered: AnsweredCall | null;
  readonly sendings: readonly SendingSoFar[];
  readonly model: RegistryEntry | null;
  /** The mode in force; null means normal. */
  readonly mode: Pick<ModeRow, 'mode' | 'manual' | 'reason'> | null;
  /** Null when nothing was ever stored: closed. */
  readonly breaker: BreakerState | null;
  /** The breaker of the provider as a whole. */
  readonly wholeProvider: BreakerState | null;
}

export interface FinishedCall {
  /** Of the sending that was answered. */
  readonly ledgerKey: string;
  readonly actualMicroUsd: MicroUsd;
  readonly usage: LedgerUsage | null;
  readonly answer: Omit<StoredAnswer, 'createdAt' | 'status' | 'failure'>;
  /** How it counts for the model's health; null: it says nothing about it. */
  readonly observed: 'call' | 'probe' | null;
}

export interface CallStore {
  look(question: CallQuestion): Promise<CallView>;
  /**
   * Settles the sending, stores the answer and notes the model's health, in one transaction. May be repeated: the
   * first counts. The answer that is stored under the key comes back. @throws Error for an unknown ledger key.
   */
  finish(call: FinishedCall): Promise<AnsweredCall>;
}

const LOOK = `
  select world_now('live') as now,
    (select jsonb_build_object('key', a.key, 'model', a.model, 'provider', a.provider, 'answer', a.answer,
       'costMicroUsd', a.cost_micro_usd, 'latencyMs', a.latency_ms, 'servedBy', a.served_by)
     from answers a where a.key = q.key and a.status = 'answered') as answered,
    (select jsonb_agg(jsonb_build_object('key', l.key, 'status', l.status, 'costMicroUsd',
       coalesce(l.actual_micro_usd, case when l.status = 'void' then 0 else l.reserved_micro_usd end),
       'failure', nullif(case when l.status = 'uncertain' then l.note else l.outcome end, 'answered'), 'note', l.note) order by l.ordinal)
     from ledger l where l.call_key = q.key) as sendings,
    ${modelAsJson('q.model')} as model,
    (select jsonb_build_object('mode', o.mode, 'manual', o.manual, 'reason', o.reason)
     from modes o where o.left_at is null order by o.manual desc limit 1) as mode,
    b.state as breaker, w.state as whole_provider
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as q (key, provider, model, nr)
  left join breakers b on b.provider = q.provider and b.model = q.model
  left join breakers w on w.provider = q.provider and w.model = '*'
  order by q.nr`;

interface LookedUp extends Omit<CallView, 'sendings' | 'model'> {
  readonly sendings: readonly SendingSoFar[] | null;
  readonly model: Readonly<Record<string, unknown>> | null;
}

const toView = ({ sendings, model, ...row }: LookedUp): CallView => ({
  ...row,
  sendings: sendings ?? [],
  model: model && withCamelKeys<RegistryEntry>(model),
});

const finishRow = ({ ledgerKey, actualMicroUsd, usage, answer, observed }: FinishedCall) => ({
  ledger_key: ledgerKey,
  actual: assertMicroUsd(actualMicroUsd, 'actualMicroUsd'),
  input_tokens: usage?.input ?? null,
  cached_tokens: usage?.cachedInput ?? null,
  cache_write_tokens: usage?.cacheWrite ?? null,
  output_tokens: usage?.output ?? null,
  reasoning_tokens: usage?.reasoning ?? null,
  key: answer.key,
  world: answer.world,
  provider: answer.provider,
  model: answer.model,
  answer: answer.answer,
  usage: answer.usage,
  cost: answer.costMicroUsd,
  latency_ms: Math.round(answer.latencyMs),
  served_by: answer.servedBy,
  observed,
});

export const createCallStore = (db: Sql): CallStore => {
  const answers = createAnswerStore(db);
  const look = gathered(async (questions: readonly CallQuestion[]) => {
    const column = (name: keyof CallQuestion) => questions.map((question) => question[name]);
    const rows = await db.query<LookedUp>(
      LOOK,
      [column('key'), column('provider'), column('model')],
      'call-look',
    );
    return rows.map(toView);
  });
  const finish = gathered((calls: readonly FinishedCall[]) =>
    db.query<{ readonly stored: boolean }>(
      'select * from finish_calls($1::jsonb)',
      [storableJson(calls.map(finishRow))],
      'call-finish',
    ),
  );
  return {
    look,
    finish: async (call) => {
      const { stored } = await finish(call);
      // Someone else's answer was first: that one counts for everyone.
      const earlier = stored ? null : await answers.get(call.answer.key);
      return earlier ?? { ...call.answer, latencyMs: Math.round(call.answer.latencyMs) };
    },
  };
};
