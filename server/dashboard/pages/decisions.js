// All decisions, newest first, or one of them in full.
import { get } from '../api.js';
import { badge, card, code, element, empty, link, table } from '../element.js';
import { decimal, instant, subjectName, usd } from '../format.js';
import { actionText, decisionDetail, memberRow, statusBadge } from './decision-card.js';
import { currentWorld, worldChoice } from './worlds.js';

const runningDetail = (decision) => [
  element('h1', {}, 'Decision under way ', badge(decision.stage, 'warn')),
  element('p', { class: 'lead' }, decision.decisionId),
  card('Members', ...decision.members.map(memberRow)),
];

const columns = [
  [
    'Subject',
    (row) => link(`#/decisions/${encodeURIComponent(row.decisionId)}`, subjectName(row.subject)),
    'name',
  ],
  ['Status', (row) => statusBadge(row.status)],
  ['p', (row) => decimal(row.probability), 'number'],
  ['Action', actionText],
  ['Members', (row) => `${row.quorum.answered}/${row.quorum.asked}`, 'number'],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Why (last)', (row) => row.why.at(-1) ?? ''],
  ['Made', (row) => instant(row.createdAt)],
];

const noDecisions = () =>
  empty(
    'No decisions in this world yet. Start a session on the page Today, or run ',
    code('conclave decide AAPL'),
    '.',
  );

const pageOf = (cursor) =>
  get(
    `/api/v1/decisions?world=${encodeURIComponent(currentWorld())}&limit=50${cursor ? `&cursor=${cursor}` : ''}`,
  );

const listOf = (first) => {
  const rows = [...first.decisions];
  const place = element('div', {}, rows.length === 0 ? noDecisions() : table(columns, rows));
  let next = first.next;
  const more = element('button', { class: 'quiet', hidden: next === null }, 'Show more');
  more.addEventListener('click', async () => {
    const page = await pageOf(next);
    rows.push(...page.decisions);
    next = page.next;
    more.hidden = next === null;
    place.replaceChildren(table(columns, rows));
  });
  return card(null, place, more);
};

export const decisionsPage = async ({ argument, again }) => {
  if (argument) {
    const decision = await get(`/api/v1/decisions/${encodeURIComponent(argument)}`);
    return decision.status === 'running' ? runningDetail(decision) : decisionDetail(decision);
  }
  const first = await pageOf(null);
  return [
    element('h1', {}, 'Decisions'),
    element(
      'p',
      { class: 'lead' },
      'What was decided, by whom, and why nothing was traded where nothing was.',
    ),
    element('form', { class: 'row toolbar' }, worldChoice(again)),
    listOf(first),
  ];
};
