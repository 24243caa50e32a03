// The report in sections of sentences and tables, so that Markdown and HTML say the same in the same order.
import { latenessText } from '../desk/lateness';
import { savingsText } from '../money/savings';
import { funnelText } from './funnel';
import type { ReportDocument } from './report-document';

export interface ReportSection {
  readonly title: string;
  /** Plain text; may come from models. */
  readonly lines: readonly string[];
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
}

const dollars = (usd: string): string => `$${Number(usd).toFixed(Math.abs(Number(usd)) >= 1 ? 2 : 4)}`;
const probability = (p: number | null): string => (p === null ? '–' : p.toFixed(3));
const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);
const brier = (value: number): string => value.toFixed(4);

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): ReportSection['table'] =>
  rows.length === 0 ? null : { columns, rows };

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const sessions = ({ sessions: rows, world }: ReportDocument): ReportSection => ({
  title: 'Sessions',
  lines: rows.length === 0 ? [`No market session of the world ${world} began on this day.`] : [],
  table: table(
    ['market', 'kind', 'status', 'subjects', 'took', 'mode', 'cost', 'saved'],
    rows.map((one) => [
      one.market,
      one.kind,
      [one.note ? `${one.status}: ${one.note}` : one.status, latenessText(one.lateSeconds ?? null)]
        .filter(Boolean)
        .join(', '),
      String(one.subjects),
      seconds(one.wallMs),
      one.mode,
      dollars(one.costUsd),
      dollars(one.savedUsd),
    ]),
  ),
});

const counts = (byStatus: Readonly<Record<string, number>>): string =>
  Object.entries(byStatus)
    .map(([status, count]) => `${count} ${status.replaceAll('_', ' ')}`)
    .join(', ');

const decisions = ({ decisions: { byStatus, funnel, shown } }: ReportDocument): ReportSection => {
  const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  return {
    title: 'Decisions',
    lines: [
      total === 0
        ? 'No decision was made on this day.'
        : `${counted(total, 'decision')}: ${counts(byStatus)}.`,
      ...(total > 0 && funnel ? [`How far they came: ${funnelText(funnel)}.`] : []),
      ...(shown.length < total ? [`The newest ${shown.length} are shown.`] : []),
    ],
    table: table(
      ['subject', 'action', 'size', 'p', 'members', 'strategy', 'why, or why not'],
      shown.map((one) => [
        one.subject,
        one.status === 'decided' ? one.action : one.status.replaceAll('_', ' '),
        dollars(one.sizeUsd),
        probability(one.probability),
        `${one.answered} of ${one.asked}`,
        one.strategy,
        [...one.why, ...one.degradations.map((each) => `degraded: ${each}`)].join('; '),
      ]),
    ),
  };
};

const money = ({ money: { spentUsd, saved, briefReads, byModel, caps } }: ReportDocument) => ({
  title: 'Money',
  lines: [
    `Spent ${dollars(spentUsd)}. ${savingsText(saved)}.`,
    `Briefs: ${briefReads.hit} read from the cache, ${briefReads.join} joined, ${briefReads.miss} made.`,
    ...caps.map(
      (cap) =>
        `Cap of ${cap.scope} ${cap.key} (${cap.period}): ${dollars(cap.spentUsd)} of ${dollars(cap.limitUsd)}.`,
    ),
  ],
  table: table(
    ['model', 'calls', 'spent'],
    byModel.map((one) => [one.model, String(one.calls), dollars(one.spentUsd)]),
  ),
});

const record = ({ record: rows }: ReportDocument): ReportSection => ({
  title: 'Track record',
  lines:
    rows.length === 0
      ? ['No forecast resolved on this day.']
      : ['Brier scores: lower is better, 0.25 is a coin.'],
  table: table(
    ['model', 'resolved', 'Brier', 'resolved in all', 'Brier in all'],
    rows.map((one) => [one.model, String(one.n), brier(one.brier), String(one.allN), brier(one.allBrier)]),
  ),
});

const outages = ({ outages: { modes, alerts, calls } }: ReportDocument): ReportSection => ({
  title: 'Outages, modes and alerts',
  lines: [
    ...modes.map(
      (one) =>
        `Mode ${one.mode}${one.manual ? ' by hand' : ''} from ${one.enteredAt} to ${one.leftAt ?? 'now'}: ${one.reason}`,
    ),
    ...alerts.map(
      (one) =>
        `${one.severity}: ${one.title} (${one.raisedAt}${one.resolvedAt ? `, over ${one.resolvedAt}` : ', still open'})`,
    ),
    ...(modes.length + alerts.length === 0 ? ['No outage, no alert.'] : []),
  ],
  table: table(
    ['provider', 'calls', 'failed', 'median'],
    calls.map((one) => [one.provider, String(one.total), String(one.failed), seconds(one.p50Ms)]),
  ),
});

const competition = ({ competition: rows }: ReportDocument): ReportSection => ({
  title: 'Competition',
  lines: rows.length === 0 ? ['No paper account was valued on this day.'] : [],
  table: table(
    ['competition', 'account', 'date', 'equity', 'change'],
    rows.map((one) => [
      one.competition,
      one.account,
      one.date,
      dollars(one.equityUsd),
      one.changeUsd === null ? '–' : dollars(one.changeUsd),
    ]),
  ),
});

export const reportTitle = ({ day, world }: ReportDocument): string =>
  world === 'live' ? `Conclave on ${day}` : `Conclave on ${day} (${world})`;

/** A report is of one world: which, and who else was at work on the day; documents from before that was kept know of none. */
export const reportScope = ({ world, elsewhere = [] }: ReportDocument): string => {
  const others = elsewhere.map(
    (other) =>
      `${other.world} (${counted(other.sessions, 'session')}, ${counted(other.decisions, 'decision')})`,
  );
  const also =
    others.length === 0
      ? ''
      : ` Also at work on this day, each with a report of its own: ${others.join(', ')}.`;
  return `This report covers the world ${world}.${also}`;
};

/** Null for a report of a whole day. */
export const reportCaveat = ({ complete, madeAt }: ReportDocument): string | null =>
  complete ? null : `The day was not over when this was made, at ${madeAt}.`;

export const reportSections = (document: ReportDocument): readonly ReportSection[] =>
  [sessions, decisions, money, record, outages, competition].map((section) => section(document));
