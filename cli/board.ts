// How a session looks on a terminal: a live tree while it runs, a board when it is done.
import type { SessionView, sessionDocument } from '../client/sessions';
import { latenessText } from '../domain/desk/lateness';
import { dollarText, usdText } from '../domain/money/micro-usd';
import { answeredBy } from './answered-by';
import { MADE_UP } from './made-up';

type SessionDocument = Awaited<ReturnType<typeof sessionDocument>>;

const WIDTHS = {
  subject: 18,
  status: 13,
  stage: 9,
  probability: 7,
  action: 7,
  size: 12,
  members: 9,
} as const;
const cell = (text: string, width: number): string => text.slice(0, width - 1).padEnd(width);
const shown = (probability: number | null): string => (probability === null ? '–' : probability.toFixed(3));
const nameOf = (subject: string): string => subject.replace(/^equity:/, '');

const MARK = { waiting: '·', asking: '…', answered: '✓', failed: '✗' } as const;

/** Tree of subjects, stages and members with cost and time. */
export const renderTree = (view: SessionView): string => {
  const done = view.decided.map(
    (decision) =>
      `✓ ${cell(nameOf(decision.subject), WIDTHS.subject)}${cell(decision.status, WIDTHS.status)}p ${shown(decision.probability)}  ${usdText(decision.costMicroUsd)}`,
  );
  const running = view.running.flatMap(({ subject, decision }) => [
    `… ${cell(nameOf(subject), WIDTHS.subject)}${decision?.stage ?? 'starting'}`,
    ...(decision?.members ?? []).map(
      (member) =>
        `    ${MARK[member.status]} ${cell(member.model, 28)}${cell(shown(member.probability), 8)}${member.costMicroUsd === null ? '' : `${usdText(member.costMicroUsd)}  `}${member.latencyMs === null ? '' : `${member.latencyMs} ms`}`,
    ),
  ]);
  return [`${view.progress.done} of ${view.progress.total} subjects`, ...done, ...running].join('\n');
};

const membersCell = ({ asked, answered }: { readonly asked: number; readonly answered: number }): string =>
  asked === 0 ? 'none' : `${answered}/${asked}`;

const boardRow = ({ subject, decision }: SessionDocument['subjects'][number]): string =>
  cell(nameOf(subject), WIDTHS.subject) +
  cell(decision.status, WIDTHS.status) +
  cell(decision.stage, WIDTHS.stage) +
  cell(shown(decision.probability), WIDTHS.probability) +
  cell(decision.action, WIDTHS.action) +
  cell(dollarText(decision.sizeUsd), WIDTHS.size) +
  cell(membersCell(decision.quorum), WIDTHS.members) +
  (decision.why.at(-1) ?? '');

/** What decisions were made in spite of, each once with its subjects; what a row says already is left out. */
const degradedLines = (subjects: SessionDocument['subjects']): readonly string[] => {
  const said = new Map<string, string[]>();
  for (const { subject, decision } of subjects)
    for (const what of decision.degradations)
      if (!decision.why.at(-1)?.includes(what)) said.set(what, [...(said.get(what) ?? []), nameOf(subject)]);
  return [...said].map(([what, names]) => `! ${names.join(', ')}: ${what}`);
};

/** Why members did not answer, each reason once with its models. */
const problemLines = (subjects: SessionDocument['subjects']): readonly string[] => {
  const said = new Map<string, Set<string>>();
  for (const { model, standsInFor, problem } of subjects.flatMap(({ decision }) => decision.members))
    if (problem) said.set(problem, (said.get(problem) ?? new Set()).add(standsInFor ?? model));
  return [...said].map(([problem, models]) => `! ${[...models].join(', ')}: ${problem}`);
};

/** Late is not missed: a board says which it was. */
const lateNote = ({ lateSeconds, scheduledAt }: SessionDocument): string => {
  const late = latenessText(lateSeconds);
  return late ? ` · started ${late} (due ${scheduledAt})` : '';
};

/** The board of a finished session. */
export const renderBoard = (session: SessionDocument): string => {
  const head =
    cell('subject', WIDTHS.subject) +
    cell('status', WIDTHS.status) +
    cell('stage', WIDTHS.stage) +
    cell('p(up)', WIDTHS.probability) +
    cell('action', WIDTHS.action) +
    cell('size', WIDTHS.size) +
    cell('members', WIDTHS.members) +
    'why';
  const { totals } = session;
  return [
    `${session.market} ${session.date} ${session.kind} · mode ${session.mode}${lateNote(session)}${session.synthetic ? ` · ${MADE_UP}` : ''}`,
    '',
    head,
    ...session.subjects.map(boardRow),
    ...degradedLines(session.subjects),
    ...problemLines(session.subjects),
    ...(session.note ? [`! ${session.note}`] : []),
    '',
    answeredBy(session.subjects.flatMap(({ decision }) => decision.members)),
    `cost ${dollarText(totals.costUsd)} · saved by shared research ${dollarText(totals.savedUsd)} · ${totals.providerCalls} provider calls · ${(totals.wallMs / 1000).toFixed(1)} s`,
  ].join('\n');
};
