// Draws a panel: while it runs a cell per analyst and subject, at its end the portfolio and who said what.
import type { PanelDocument } from '../client/panel';
import { dollarText } from '../domain/money/micro-usd';
import type { PanelProgress } from '../workflows/contracts/panel';
import { MADE_UP } from './made-up';

const NAME_WIDTH = 18;
const CELL_WIDTH = 12;

const shortSubject = (subject: string): string => subject.slice(subject.indexOf(':') + 1);
const cell = (text: string): string => text.slice(0, CELL_WIDTH - 1).padEnd(CELL_WIDTH);

const MARKS: Readonly<Record<string, string>> = { waiting: '·', asking: '…', abstained: 'abstains' };

/** Rows of analysts, columns of subjects. */
const grid = (
  cells: readonly {
    readonly subject: string;
    readonly analyst: string;
    readonly status: string;
    readonly probability: number | null;
    readonly failure: string | null;
  }[],
): readonly string[] => {
  const subjects = [...new Set(cells.map(({ subject }) => subject))];
  const analysts = [...new Set(cells.map(({ analyst }) => analyst))];
  const shown = (analyst: string, subject: string): string => {
    const found = cells.find((each) => each.analyst === analyst && each.subject === subject);
    if (!found) return '';
    return found.probability?.toFixed(3) ?? MARKS[found.status] ?? found.failure ?? found.status;
  };
  return [
    `${'analyst'.padEnd(NAME_WIDTH)}${subjects.map((subject) => cell(shortSubject(subject))).join('')}`,
    ...analysts.map(
      (analyst) =>
        `${analyst.slice(0, NAME_WIDTH - 1).padEnd(NAME_WIDTH)}${subjects.map((subject) => cell(shown(analyst, subject))).join('')}`,
    ),
  ];
};

/** The live view. */
export const renderPanelProgress = ({ step, model, done, total, cells }: PanelProgress): string =>
  [`${step} · ${done} of ${total}${model ? ` · ${model}` : ''}`, ...grid(cells)].join('\n');

const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);

const viewLines = (view: PanelDocument['portfolio'][number]): readonly string[] => [
  `${shortSubject(view.subject).padEnd(NAME_WIDTH)}${view.status === 'decided' ? `p ${percent(view.probability)}, base ${percent(view.price)}, lean ${view.lean}` : 'abstained'} · ${view.answered} of ${view.asked} answered, ${view.abstained} abstained, ${view.failed} failed (${view.needed} needed)`,
  ...view.groups.map(
    ({ group, probability, answered, asked }) =>
      `  ${group.padEnd(NAME_WIDTH - 2)}p ${percent(probability)} · ${answered} of ${asked}`,
  ),
  ...view.notes.map((text) => `  - ${text}`),
];

/** What each analyst gave as its reasons, in its words. */
const saidLines = ({ subject, analyst, reasons }: PanelDocument['predictions'][number]): readonly string[] =>
  reasons.length === 0
    ? []
    : [`${analyst} on ${shortSubject(subject)}:`, ...reasons.map((reason) => `  ${reason}`)];

/** The finished panel. */
export const renderPanel = (document: PanelDocument): string => {
  const { totals } = document;
  return [
    `${document.status} · played by ${document.model}${document.synthetic ? ` · ${MADE_UP}` : ''}`,
    '',
    ...grid(document.predictions),
    '',
    ...document.predictions.flatMap(saidLines),
    '',
    ...document.portfolio.flatMap(viewLines),
    ...document.notes.map((text) => `- ${text}`),
    '',
    `${totals.answered} of ${totals.asked} answered · cost ${dollarText(totals.costUsd)} · ${(totals.wallMs / 1000).toFixed(1)} s`,
  ].join('\n');
};
