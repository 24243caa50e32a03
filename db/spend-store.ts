// What was spent and on what: read-only questions to the ledger.
import type { DaySpend } from '../domain/money/burn-rate';
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoDate, IsoInstant, WorldId } from '../domain/world';
import { only, type Sql } from './sql';

export const SPEND_GROUPS = ['model', 'provider', 'category', 'feature', 'hour', 'day', 'month'] as const;
export type SpendGroup = (typeof SPEND_GROUPS)[number];

export interface SpendRange {
  readonly from?: IsoInstant;
  /** Exclusive. */
  readonly to?: IsoInstant;
  readonly sessionId?: string;
  readonly decisionId?: string;
  /** Absent: all worlds. */
  readonly world?: WorldId;
  /** Also count the calls and tokens of `house` and `recorded` rows, which nobody billed; default false. */
  readonly includeUnbilled?: boolean;
}

export interface SpendRow {
  /** The model, provider, ...; an hour, day or month as `2026-11-20T13`, `2026-11-20`, `2026-11` (UTC). */
  readonly group: string;
  readonly calls: number;
  /** Billed; what a recorded answer cost whoever recorded it is none of it. */
  readonly settledMicroUsd: MicroUsd;
  /** Reserved and not yet settled, or never to be known. */
  readonly heldMicroUsd: MicroUsd;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

export interface SpendStore {
  /** Calls are counted at the time of their reservation; voided ones cost nothing and are left out. */
  by(group: SpendGroup, range?: SpendRange): Promise<readonly SpendRow[]>;
  /** Settled by UTC day, from 45 days before `today` on: enough for the burn rate and for what a usual day is. */
  recentDays(today: IsoDate): Promise<readonly DaySpend[]>;
  total(range?: SpendRange): Promise<Omit<SpendRow, 'group'>>;
}

const EXPRESSIONS: Readonly<Record<SpendGroup, string>> = {
  model: 'model',
  provider: 'provider',
  category: 'category',
  feature: 'feature',
  hour: `to_char(reserved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24')`,
  day: `to_char(reserved_at at time zone 'UTC', 'YYYY-MM-DD')`,
  month: `to_char(reserved_at at time zone 'UTC', 'YYYY-MM')`,
};

const SUMS = `count(*) as calls, coalesce(sum(actual_micro_usd) filter (where billed), 0) as settled_micro_usd,
  coalesce(sum(reserved_micro_usd) filter (where status in ('reserved', 'uncertain')), 0) as held_micro_usd,
  coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(cached_input_tokens), 0) as cached_input_tokens,
  coalesce(sum(output_tokens), 0) as output_tokens`;

/** Rows of a range; its parameters are `spendParameters`. */
export const SPEND_WHERE = `status <> 'void' and ($1::timestamptz is null or reserved_at >= $1)
  and ($2::timestamptz is null or reserved_at < $2) and ($3::text is null or session_id = $3)
  and ($4::text is null or decision_id = $4) and ($5 or billed) and ($6::text is null or world = $6)`;

export const spendParameters = (range: SpendRange): readonly unknown[] => [
  range.from ?? null,
  range.to ?? null,
  range.sessionId ?? null,
  range.decisionId ?? null,
  range.includeUnbilled ?? false,
  range.world ?? null,
];

const DAY_MS = 86_400_000;
const RECENT_DAYS = 45;

export const createSpendStore = (db: Sql): SpendStore => {
  const by: SpendStore['by'] = (group, range = {}) => {
    const timed = group === 'hour' || group === 'day' || group === 'month';
    return db.query<SpendRow>(
      `select ${EXPRESSIONS[group]} as group, ${SUMS} from ledger where ${SPEND_WHERE}
       group by 1 order by ${timed ? '1' : 'settled_micro_usd desc, 1'}`,
      spendParameters(range),
    );
  };

  return {
    by,

    recentDays: async (today) => {
      const from = new Date(Date.parse(today) - RECENT_DAYS * DAY_MS).toISOString();
      const rows = await by('day', { from });
      return rows.map(({ group, settledMicroUsd }) => ({ day: group, spentMicroUsd: settledMicroUsd }));
    },

    total: async (range = {}) =>
      only(
        await db.query<Omit<SpendRow, 'group'>>(
          `select ${SUMS} from ledger where ${SPEND_WHERE}`,
          spendParameters(range),
        ),
      ),
  };
};
