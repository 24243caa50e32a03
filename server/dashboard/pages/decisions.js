// All decisions, newest first, or one of them in full.
import { follow, get } from '../api.js';
import { badge, card, code, element, empty, link } from '../element.js';
import { decimal, instant, subjectName, usd } from '../format.js';
import { actionText, decisionDetail, memberRow, statusBadge } from './decision-card.js';
import { longTable } from './long-table.js';
import { currentWorld, worldChoice } from './worlds.js';

const runningDetail = (decision, again, signal) => {
  const head = element('h1');
  const members = card('Members');
  const draw = (progress) => {
    head.replaceChildren('Decision under way ', badge(progress.stage, 'warn'));
    members.replaceChildren(element('h2', {}, 'Members'), ...progress.members.map(memberRow));
  };
  draw(decision);
  const listener = (event, data) => {
    if (event === 'progress') draw(data);
    if (event === 'end') again();
  };
  follow(`/api/v1/decisions/${encodeURIComponent(decision.decisionId)}/stream`, listener, signal).catch(
    (error) => members.append(empty(error.message)),
  );
  return [
    head,
    element('p', { class: 'lead' }, decision.decisionId),
    members,
    decision.workflowUrl && element('p', {}, link(decision.workflowUrl, 'The workflow in Temporal')),
  ];
};

const failedDetail = ({ decisionId, failure, workflowUrl }) => [
  element('h1', {}, 'Decision ', badge('failed', 'bad')),
  element('p', { class: 'lead' }, decisionId),
  element('p', { class: 'notice' }, `Nothing was decided: ${failure}`),
  element(
    'p',
    { class: 'links' },
    workflowUrl && link(workflowUrl, 'The workflow in Temporal'),
    link('#/decisions', 'All decisions'),
  ),
];

/** What made or stopped a trade comes last; what an abstention lacked comes first. */
const chiefReason = ({ status, why }) =>
  (status === 'abstained' ? [...new Set([why[0], why.at(-1)])].join(' · ') : why.at(-1)) ?? '';

export const decisionColumns = [
  [
    'Subject',
    (row) => link(`#/decisions/${encodeURIComponent(row.decisionId)}`, subjectName(row.subject)),
    'name',
  ],
  ['Status', (row) => statusBadge(row.status)],
  ['p', (row) => decimal(row.probability), 'number'],
  ['Action', actionText],
  [
    'Members',
    (row) => (row.quorum.asked === 0 ? 'none' : `${row.quorum.answered}/${row.quorum.asked}`),
    'number',
  ],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Why', chiefReason],
  ['Made', (row) => instant(row.createdAt, row.market)],
];

const noDecisions = () =>
  empty(
    'No decisions in this world yet. Start a session on the page ',
    link('#/today', 'Today'),
    ', or run ',
    code('conclave decide AAPL'),
    '.',
  );

export const page = async ({ argument, again, signal }) => {
  if (argument) {
    const decision = await get(`/api/v1/decisions/${encodeURIComponent(argument)}`);
    if (decision.status === 'failed') return failedDetail(decision);
    return decision.status === 'running' ? runningDetail(decision, again, signal) : decisionDetail(decision);
  }
  const path = `/api/v1/decisions?world=${encodeURIComponent(currentWorld())}`;
  const list = await longTable(decisionColumns, noDecisions(), path, 'decisions');
  return [
    element('h1', {}, 'Decisions'),
    element(
      'p',
      { class: 'lead' },
      'What was decided, by whom, and why nothing was traded where nothing was.',
    ),
    element('form', { class: 'row toolbar' }, await worldChoice(again)),
    card(null, ...list),
  ];
};
