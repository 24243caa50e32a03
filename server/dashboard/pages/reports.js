// Daily reports: one day on one page, made when asked for, and its text to copy.
import { get } from '../api.js';
import { badge, card, element, empty, formNote, link, onSubmit, table, tiles } from '../element.js';
import { decimal, duration, instant, subjectName, usd, whole, words } from '../format.js';
import { currentWorld, worldChoice, worldDay } from './worlds.js';

const dayForm = (day, world) => {
  const input = element('input', { type: 'date', value: day, required: true });
  const note = formNote();
  return element(
    'form',
    {
      class: 'row toolbar',
      onsubmit: onSubmit(note, () => {
        location.hash = `#/reports/${input.value}`;
      }),
    },
    world,
    element('label', {}, 'Day', input),
    element('button', {}, 'Show'),
    note,
  );
};

const sessionColumns = [
  ['Session', (row) => `${row.market} ${words(row.kind)}`, 'name'],
  ['State', (row) => badge(row.status, row.status === 'finished' ? 'good' : 'warn')],
  ['Subjects', (row) => whole(row.subjects), 'number'],
  ['Took', (row) => duration(row.wallMs), 'number'],
  ['Cost', (row) => usd(row.costUsd), 'number'],
];

const listColumns = [
  ['Day', (row) => link(`#/reports/${row.day}`, row.day), 'name'],
  ['Covers', (row) => (row.complete ? 'the whole day' : 'the day so far')],
  ['Made', (row) => instant(row.madeAt)],
];

const decisionColumns = [
  ['Subject', (row) => link(`#/decisions/${encodeURIComponent(row.id)}`, subjectName(row.subject)), 'name'],
  ['Status', (row) => words(row.status)],
  ['p', (row) => decimal(row.probability), 'number'],
  ['Action', (row) => (row.action === 'hold' ? 'hold' : `${row.action} ${usd(row.sizeUsd)}`)],
  ['Why', (row) => row.why.at(-1) ?? ''],
];

const modelColumns = [
  ['Model', (row) => row.model, 'name'],
  ['Calls', (row) => whole(row.calls), 'number'],
  ['Spent', (row) => usd(row.spentUsd), 'number'],
];

const callColumns = [
  ['Provider', (row) => row.provider, 'name'],
  ['Calls', (row) => whole(row.total), 'number'],
  ['Failed', (row) => whole(row.failed), 'number'],
  ['Usual time', (row) => duration(row.p50Ms), 'number'],
];

const sections = ({ sessions, decisions, money, outages }) => [
  card(
    'Sessions',
    sessions.length === 0
      ? empty(
          'No session ran on this day in this world. Choose another, or start one on the page ',
          link('#/today', 'Today'),
          '.',
        )
      : table(sessionColumns, sessions),
  ),
  decisions.shown.length > 0 && card('Decisions', table(decisionColumns, decisions.shown)),
  element(
    'div',
    { class: 'grid' },
    card(
      'Money',
      money.byModel.length === 0 ? empty('Nothing was billed.') : table(modelColumns, money.byModel),
    ),
    card(
      'Providers',
      outages.calls.length === 0 ? empty('No provider was called.') : table(callColumns, outages.calls),
    ),
  ),
];

/** Nothing where no other world did anything, or the report is from before that was kept. */
const elsewhereText = ({ elsewhere = [] }) =>
  elsewhere.length > 0 &&
  element(
    'p',
    { class: 'soft' },
    `Also at work on this day, each with a report of its own: ${elsewhere
      .map(({ world, sessions, decisions }) => `${world} (sessions ${sessions}, decisions ${decisions})`)
      .join(', ')}.`,
  );

const reportOf = async (day, choice) => {
  const query = `world=${encodeURIComponent(currentWorld())}`;
  const [report, { text }, { reports }] = await Promise.all([
    get(`/api/v1/reports/${encodeURIComponent(day)}?${query}`),
    get(`/api/v1/reports/${encodeURIComponent(day)}/text?${query}`),
    get(`/api/v1/reports?${query}&limit=30`),
  ]);
  const { decisions, money, record, outages } = report;
  return [
    element(
      'p',
      { class: 'lead' },
      `World ${report.world} · ${report.complete ? 'the whole UTC day' : 'the day so far'} · made `,
      instant(report.madeAt),
    ),
    elsewhereText(report),
    choice,
    tiles([
      ['decided', whole(decisions.byStatus.decided ?? 0)],
      [
        'not decided',
        whole(
          Object.entries(decisions.byStatus).reduce(
            (sum, [name, n]) => sum + (name === 'decided' ? 0 : n),
            0,
          ),
        ),
      ],
      ['spent', usd(money.spentUsd)],
      ['saved', usd(money.saved.totalUsd)],
      ['models with new outcomes', whole(record.length)],
      ['changes of mode, alerts', `${outages.modes.length}, ${outages.alerts.length}`],
    ]),
    ...sections(report),
    card(
      'As Markdown',
      element('details', {}, element('summary', {}, 'Show the text'), element('pre', {}, text)),
    ),
    reports.length > 0 && card('Stored reports', table(listColumns, reports)),
  ];
};

export const page = async ({ argument, again }) => {
  const [day, world] = await Promise.all([argument || worldDay(), worldChoice(again)]);
  const choice = dayForm(day, world);
  const report = await reportOf(day, choice).catch((error) => {
    // A day that this world has not seen, or no day at all: another one is chosen here.
    if (error.status !== 400) throw error;
    return [choice, element('p', { class: 'notice error', role: 'alert' }, error.message)];
  });
  return [element('h1', {}, `Report of ${day}`), ...report];
};
