// One tournament with every answer, live while its models are asked.
import { follow } from '../api.js';
import { badge, card, element, empty, link, table, tiles } from '../element.js';
import { decimal, instant, usd } from '../format.js';

const TONES = {
  waiting: 'warn',
  asking: 'warn',
  answered: 'good',
  agreed: 'good',
  decided: 'good',
  cancelled: 'bad',
};

export const stateBadge = (status) => badge(status.replaceAll('_', ' '), TONES[status] ?? 'warn');

export const words = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');

export const memberColumns = [
  ['Model', (row) => (row.standsInFor ? `${row.model} for ${row.standsInFor}` : row.model), 'name'],
  ['Says', (row) => row.verdict ?? row.failure ?? 'undecided'],
  ['p', (row) => decimal(row.probability), 'number'],
  ['Reason', (row) => row.reasons[0] ?? ''],
  ['Cost', (row) => usd(row.costUsd), 'number'],
];

/** A default that nobody decided is held with no confidence. */
export const confidenceOf = ({ confidence }) => (confidence === 'default' ? 'none' : (confidence ?? '–'));

const seatColumns = [
  ['Model', (row) => row.model, 'name'],
  ['State', (row) => stateBadge(row.status)],
];

/** The models while they are asked; `again` reads the page anew when the tournament has moved on. */
const liveSeats = (tournament, again, signal) => {
  const seats = element('div', { id: 'seats' }, empty('No model has answered yet.'));
  const listener = (event, data) => {
    if (event === 'progress' && data.seats.length > 0) seats.replaceChildren(table(seatColumns, data.seats));
    if (event === 'end' || (event === 'waiting' && tournament.status === 'asking')) again();
  };
  const path = `/api/v1/tournaments/${encodeURIComponent(tournament.tournamentId)}/stream`;
  follow(path, listener, signal).catch((error) => seats.replaceChildren(empty(error.message)));
  return seats;
};

export const tournamentDetail = (tournament, again, signal) => {
  const live = tournament.endedAt === null ? liveSeats(tournament, again, signal) : null;
  return [
    element('h1', {}, words(tournament.task), ' ', stateBadge(tournament.status)),
    element('p', { class: 'lead' }, 'Asked ', instant(tournament.createdAt)),
    card('Task', element('p', {}, tournament.prompt)),
    tiles([
      ['verdict', tournament.verdict ?? '–'],
      ['confidence', confidenceOf(tournament)],
      ['without a person', tournament.default],
      ['cost', usd(tournament.costUsd)],
      ['budget', usd(tournament.budgetUsd)],
    ]),
    tournament.why.length > 0 &&
      card('Why', element('ul', { class: 'why' }, ...tournament.why.map((why) => element('li', {}, why)))),
    card('Models', tournament.members.length === 0 ? live : table(memberColumns, tournament.members)),
    element(
      'p',
      { class: 'links' },
      tournament.workflowUrl && link(tournament.workflowUrl, 'The workflow in Temporal'),
      link('#/reviews', 'All reviews'),
    ),
  ];
};
