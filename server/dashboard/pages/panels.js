// Panels: analysts side by side on one or more subjects, live while they answer.
import { follow, get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, link, onSubmit, table, tiles } from '../element.js';
import { decimal, duration, instant, percent, subjectName, usd, whole, words } from '../format.js';
import { longTable } from './long-table.js';
import { whatWasSaid } from './what-was-said.js';
import { chooseWorld, currentWorld, worldChoice } from './worlds.js';

const TONES = {
  complete: 'good',
  answered: 'good',
  partial: 'warn',
  running: 'warn',
  asking: 'warn',
  abstained: 'warn',
  failed: 'bad',
};

const stateBadge = (status) => badge(words(status), TONES[status] ?? '');
const address = (panelId) => `#/panels/${encodeURIComponent(panelId)}`;

const startForm = (signal) => {
  const symbols = element('input', { placeholder: 'AAPL, MSFT', required: true, autocomplete: 'off' });
  const note = formNote();
  const start = async (_, headers) => {
    const world = currentWorld() === 'synthetic' ? { world: 'synthetic' } : {};
    const body = { symbols: symbols.value.split(/[\s,]+/).filter(Boolean), ...world };
    const { panelId } = await post('/api/v1/panels', body, headers);
    // Whoever has gone on to another page finds it in the list.
    if (signal.aborted) return;
    if (!world.world) chooseWorld('live');
    location.hash = address(panelId);
  };
  return element(
    'form',
    { class: 'row', onsubmit: onSubmit(note, start) },
    element('label', { class: 'wide' }, 'Symbols', symbols),
    element('button', {}, 'Ask the panel'),
    note,
  );
};

const listColumns = [
  ['About', (row) => link(address(row.panelId), row.subjects.map(subjectName).join(', ')), 'title'],
  ['State', (row) => stateBadge(row.status)],
  ['Played by', (row) => row.model],
  ['Answered', (row) => `${whole(row.answered)} of ${whole(row.asked)}`, 'number'],
  ['Abstained', (row) => whole(row.abstained), 'number'],
  ['Failed', (row) => whole(row.failed), 'number'],
  ['Asked', (row) => instant(row.createdAt)],
];

/** A row per analyst, a column per subject. */
const grid = (cells, cellNode) => {
  const subjects = [...new Set(cells.map(({ subject }) => subject))].sort();
  const analysts = [...new Set(cells.map(({ analyst }) => analyst))].sort();
  const at = new Map(cells.map((cell) => [`${cell.analyst} ${cell.subject}`, cell]));
  return table(
    [
      ['Analyst', (analyst) => words(analyst), 'name'],
      ...subjects.map((subject) => [
        subjectName(subject),
        (analyst) => {
          const cell = at.get(`${analyst} ${subject}`);
          return cell ? cellNode(cell) : '';
        },
        'number',
      ]),
    ],
    analysts,
  );
};

const liveCell = ({ status, probability }) =>
  probability === null ? stateBadge(status) : decimal(probability);

const answerCell = ({ probability, status, failure, signal }) =>
  probability === null ? words(failure ?? status) : `${decimal(probability)} ${signal ?? ''}`;

/** A part to open for each subject on which anyone gave reasons. */
const saidParts = (predictions) =>
  [...new Set(predictions.map(({ subject }) => subject))].flatMap((subject) => {
    const said = whatWasSaid(
      predictions
        .filter((each) => each.subject === subject)
        .map(({ analyst, reasons }) => [words(analyst), reasons]),
    );
    return said ? [element('details', {}, element('summary', {}, subjectName(subject)), said)] : [];
  });

const runningDetail = (panel, signal, again) => {
  const bar = element('progress', { max: 1, value: 0, 'aria-label': 'Analysts that have answered' });
  const head = element('p', { class: 'soft', id: 'panel-step' });
  const cells = element('div');
  const draw = (progress) => {
    bar.max = Math.max(1, progress.total);
    bar.value = progress.done;
    head.textContent = `${progress.done} of ${progress.total} · ${progress.step}${progress.model ? ` · ${progress.model}` : ''}`;
    const left = cells.firstChild?.scrollLeft ?? 0;
    cells.replaceChildren(grid(progress.cells, liveCell));
    cells.firstChild.scrollLeft = left;
  };
  draw(panel.progress);
  const listener = (event, data) => {
    // Each answer is in the progress that follows it.
    if (event === 'progress') draw(data);
    if (event === 'end') again();
  };
  follow(`/api/v1/panels/${encodeURIComponent(panel.panelId)}/stream`, listener, signal).catch((error) => {
    head.textContent = error.message;
  });
  return [
    element('h1', {}, 'Panel ', stateBadge('running')),
    element('p', { class: 'lead' }, panel.panelId),
    card(null, head, bar),
    card('Analysts', cells),
    panel.workflowUrl && element('p', {}, link(panel.workflowUrl, 'The workflow in Temporal')),
  ];
};

const failedDetail = ({ panelId, failure, workflowUrl }) => [
  element('h1', {}, 'Panel ', stateBadge('failed')),
  element('p', { class: 'lead' }, panelId),
  element('p', { class: 'notice' }, `Nobody's answer is on record: ${failure}`),
  element(
    'p',
    { class: 'links' },
    workflowUrl && link(workflowUrl, 'The workflow in Temporal'),
    link('#/panels', 'All panels'),
  ),
];

const viewColumns = [
  ['Subject', (row) => subjectName(row.subject), 'name'],
  ['p', (row) => percent(row.probability), 'number'],
  ['Base rate', (row) => percent(row.price), 'number'],
  ['Lean', (row) => row.lean],
  ['Spread', (row) => percent(row.spread), 'number'],
  [
    'Groups',
    (row) => row.groups.map(({ group, probability }) => `${group} ${percent(probability)}`).join(' · '),
  ],
  ['Answered', (row) => `${row.answered} of ${row.asked}, ${row.needed} needed`],
];

const storedDetail = (panel) => [
  element('h1', {}, 'Panel ', stateBadge(panel.status)),
  element(
    'p',
    { class: 'lead' },
    `world ${panel.world} · played by ${panel.model}${panel.synthetic ? ' · synthetic data' : ''}`,
  ),
  tiles([
    ['answered', `${panel.totals.answered} of ${panel.totals.asked}`],
    ['abstained', whole(panel.totals.abstained)],
    ['failed', whole(panel.totals.failed)],
    ['cost', usd(panel.totals.costUsd)],
    ['took', duration(panel.totals.wallMs)],
  ]),
  card('View', table(viewColumns, panel.portfolio)),
  card('Analysts', grid(panel.predictions, answerCell)),
  saidParts(panel.predictions).length > 0 && card('What they said', ...saidParts(panel.predictions)),
  panel.notes.length > 0 &&
    card('Notes', element('ul', { class: 'why' }, ...panel.notes.map((note) => element('li', {}, note)))),
  element(
    'p',
    { class: 'links' },
    panel.workflowUrl && link(panel.workflowUrl, 'The workflow in Temporal'),
    link('#/panels', 'All panels'),
  ),
];

const noPanels = () =>
  empty('No panel in this world yet. Ask one above, or run ', code('conclave panel AAPL MSFT'), '.');

export const page = async ({ argument, signal, again }) => {
  if (argument) {
    const panel = await get(`/api/v1/panels/${encodeURIComponent(argument)}`);
    if (panel.status === 'failed') return failedDetail(panel);
    return panel.status === 'running' ? runningDetail(panel, signal, again) : storedDetail(panel);
  }
  const path = `/api/v1/panels?world=${encodeURIComponent(currentWorld())}`;
  const list = await longTable(listColumns, noPanels(), path, 'panels');
  return [
    element('h1', {}, 'Panels'),
    element('p', { class: 'lead' }, 'Analysts of different schools, each on its own, from one shared brief.'),
    element('form', { class: 'row toolbar' }, await worldChoice(again)),
    card('Ask a panel', startForm(signal)),
    card('Asked', ...list),
  ];
};
