// The report of one UTC day: the facts as they stand in the tables, turned into a document that is stored and from
// which Markdown and HTML are made.
import { formatUsd, type MicroUsd } from '../money/micro-usd';
import { type SavingsReport, savingsInUsd } from '../money/savings';
import type { IsoDate, IsoInstant } from '../world';
import { type DecisionEnds, decisionFunnel, type Funnel } from './funnel';

/** What another world did on the same day. */
export interface ElsewhereActive {
  readonly world: string;
  readonly sessions: number;
  readonly decisions: number;
}

export interface ReportFacts {
  readonly sessions: readonly {
    readonly id: string;
    readonly market: string;
    readonly kind: string;
    readonly status: string;
    readonly subjects: number;
    readonly wallMs: number | null;
    readonly mode: string;
    readonly costMicroUsd: MicroUsd;
    readonly savedMicroUsd: MicroUsd;
    readonly note: string | null;
    /** Null for a run by hand; absent in documents from before it was kept. */
    readonly lateSeconds?: number | null;
  }[];
  readonly decisions: readonly {
    readonly id: string;
    readonly subject: string;
    readonly status: string;
    readonly action: string;
    readonly probability: number | null;
    readonly sizeMicroUsd: MicroUsd;
    readonly costMicroUsd: MicroUsd;
    readonly strategy: string;
    readonly mode: string;
    readonly asked: number;
    readonly answered: number;
    readonly why: readonly string[];
    readonly degradations: readonly string[];
  }[];
  /** Of all decisions, also those that the list leaves out. */
  readonly decided: Readonly<Record<string, number>>;
  /** Likewise of all: how far each came. */
  readonly ends: readonly DecisionEnds[];
  readonly spend: readonly {
    readonly model: string;
    readonly calls: number;
    readonly spentMicroUsd: MicroUsd;
  }[];
  readonly saved: SavingsReport;
  readonly briefReads: { readonly hit: number; readonly join: number; readonly miss: number };
  readonly caps: readonly {
    readonly scope: string;
    readonly key: string;
    readonly period: string;
    readonly limitMicroUsd: MicroUsd;
    readonly spentMicroUsd: MicroUsd;
  }[];
  /** Forecasts that resolved on the day, and the whole record beside them. */
  readonly record: readonly {
    readonly model: string;
    readonly n: number;
    readonly brier: number;
    readonly allN: number;
    readonly allBrier: number;
  }[];
  readonly modes: readonly {
    readonly mode: string;
    readonly manual: boolean;
    readonly reason: string;
    readonly enteredAt: IsoInstant;
    readonly leftAt: IsoInstant | null;
  }[];
  readonly alerts: readonly {
    readonly severity: string;
    readonly title: string;
    readonly raisedAt: IsoInstant;
    readonly resolvedAt: IsoInstant | null;
  }[];
  readonly calls: readonly {
    readonly provider: string;
    readonly total: number;
    readonly failed: number;
    readonly p50Ms: number | null;
  }[];
  readonly competition: readonly {
    readonly competition: string;
    readonly account: string;
    readonly date: IsoDate;
    readonly equityMicroUsd: MicroUsd;
    /** Against the snapshot before; null for the first. */
    readonly changeMicroUsd: MicroUsd | null;
  }[];
  /** The busiest first, at most 10. */
  readonly elsewhere: readonly ElsewhereActive[];
}

export interface ReportHeader {
  readonly world: string;
  readonly day: IsoDate;
  /** False: made before the day was over. */
  readonly complete: boolean;
  readonly madeAt: IsoInstant;
}

const sum = (amounts: readonly MicroUsd[]): MicroUsd => amounts.reduce((total, each) => total + each, 0);

/** Amounts become dollars as text; everything else stays as it is. */
export const reportDocument = (header: ReportHeader, facts: ReportFacts) => ({
  ...header,
  sessions: facts.sessions.map(({ costMicroUsd, savedMicroUsd, ...rest }) => ({
    ...rest,
    costUsd: formatUsd(costMicroUsd),
    savedUsd: formatUsd(savedMicroUsd),
  })),
  decisions: {
    byStatus: facts.decided,
    funnel: decisionFunnel(facts.ends) as Funnel | undefined,
    shown: facts.decisions.map(({ sizeMicroUsd, costMicroUsd, ...rest }) => ({
      ...rest,
      sizeUsd: formatUsd(sizeMicroUsd),
      costUsd: formatUsd(costMicroUsd),
    })),
  },
  money: {
    spentUsd: formatUsd(sum(facts.spend.map(({ spentMicroUsd }) => spentMicroUsd))),
    saved: savingsInUsd(facts.saved),
    briefReads: facts.briefReads,
    byModel: facts.spend.map(({ spentMicroUsd, ...rest }) => ({
      ...rest,
      spentUsd: formatUsd(spentMicroUsd),
    })),
    caps: facts.caps.map(({ limitMicroUsd, spentMicroUsd, ...rest }) => ({
      ...rest,
      limitUsd: formatUsd(limitMicroUsd),
      spentUsd: formatUsd(spentMicroUsd),
    })),
  },
  record: facts.record,
  outages: { modes: facts.modes, alerts: facts.alerts, calls: facts.calls },
  competition: facts.competition.map(({ equityMicroUsd, changeMicroUsd, ...rest }) => ({
    ...rest,
    equityUsd: formatUsd(equityMicroUsd),
    changeUsd: changeMicroUsd === null ? null : formatUsd(changeMicroUsd),
  })),
  elsewhere: facts.elsewhere,
});

export type ReportDocument = ReturnType<typeof reportDocument>;
