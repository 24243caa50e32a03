// Disputes that wait for a person: what was asked, what each model says, and the buttons that decide.
import { follow, get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, link, onSubmit, table, tiles } from '../element.js';
import { decimal, instant, usd } from '../format.js';

/** Who decided last in this browser; typed once. */
const NAME = 'conclave-reviewer';

const TONES = {
  waiting: 'warn',
  asking: 'warn',
  answered: 'good',
  agreed: 'good',
  decided: 'good',
  cancelled: 'bad',
};

const stateBadge = (status) => badge(status.replaceAll('_', ' '), TONES[status] ?? 'warn');

const words = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');

const memberColumns = [
  ['Model', (row) => (row.standsInFor ? `${row.model} for ${row.standsInFor}` : row.model), 'name'],
  ['Says', (row) => row.verdict ?? row.failure ?? 'undecided'],
  ['p', (row) => decimal(row.probability), 'number'],
  ['Reason', (row) => row.reasons[0] ?? ''],
  ['Cost', (row) => usd(row.costUsd), 'number'],
];

const decisionForm = (review, again) => {
  const name = element('input', {
    required: true,
    maxlength: 200,
    autocomplete: 'name',
    value: localStorage.getItem(NAME) ?? '',
  });
  const reason = element('input', { required: true, maxlength: 2000 });
  const note = formNote();
  const submit = onSubmit(note, async (event) => {
    localStorage.setItem(NAME, name.value.trim());
    const body = { verdict: event.submitter.value, reviewer: name.value.trim(), reason: reason.value.trim() };
    await post(`/api/v1/reviews/${encodeURIComponent(review.reviewId)}/decide`, body);
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Your name', name),
    element('label', { class: 'wide' }, 'Why', reason),
    ...review.options.map((option, index) =>
      element('button', { value: option, class: index === 0 ? null : 'quiet' }, words(option)),
    ),
    note,
  );
};

const waitingCard = async (review, again) => {
  const tournament =
    review.targetKind === 'tournament'
      ? await get(`/api/v1/tournaments/${encodeURIComponent(review.targetId)}`).catch(() => null)
      : null;
  return card(
    null,
    element('h2', {}, tournament ? words(tournament.task) : review.targetId, ' ', stateBadge(review.status)),
    element('p', {}, tournament?.prompt ?? review.question),
    element(
      'p',
      { class: 'soft' },
      'Due ',
      instant(review.dueAt),
      `, then it becomes ${review.default}. `,
      review.workflowUrl && link(review.workflowUrl, 'In Temporal'),
    ),
    tournament && element('ul', { class: 'why' }, ...tournament.why.map((why) => element('li', {}, why))),
    tournament && table(memberColumns, tournament.members),
    decisionForm(review, again),
  );
};

const TARGETS = { tournament: 'reviews', decision: 'decisions' };

const questionLink = ({ question, targetKind, targetId }) =>
  link(
    TARGETS[targetKind] ? `#/${TARGETS[targetKind]}/${encodeURIComponent(targetId)}` : null,
    words(question),
  );

/** Who decided and why, or why nobody did. */
const decidedBy = ({ status, reviewer }) => reviewer ?? (status === 'timed_out' ? 'nobody in time' : '–');
const decidedWhy = ({ status, reason, default: fallback }) =>
  reason ?? (status === 'timed_out' ? `the declared default is ${fallback}` : '');

const decidedColumns = [
  ['Question', questionLink, 'title'],
  ['Status', (row) => stateBadge(row.status)],
  ['Verdict', (row) => row.verdict ?? '–'],
  ['By', decidedBy],
  ['Why', decidedWhy],
  ['When', (row) => instant(row.closedAt)],
];

/** A default that nobody decided is held with no confidence. */
const confidenceOf = ({ confidence }) => (confidence === 'default' ? 'none' : (confidence ?? '–'));

const tournamentColumns = [
  ['Task', (row) => link(`#/reviews/${encodeURIComponent(row.tournamentId)}`, words(row.task)), 'name'],
  ['Asked', (row) => row.prompt.slice(0, 120)],
  ['Status', (row) => stateBadge(row.status)],
  ['Verdict', (row) => row.verdict ?? '–'],
  ['Confidence', confidenceOf],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Started', (row) => instant(row.createdAt)],
];

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

const tournamentDetail = (tournament, again, signal) => {
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

const nothingWaits = () =>
  empty(
    'Nothing waits for you. Let three or more models judge a critical task, and decide here where they dispute: ',
    code('conclave tournament --help'),
    '.',
  );

export const page = async ({ argument, again, signal }) => {
  if (argument)
    return tournamentDetail(await get(`/api/v1/tournaments/${encodeURIComponent(argument)}`), again, signal);
  const [waiting, all, { tournaments }] = await Promise.all([
    get('/api/v1/reviews'),
    get('/api/v1/reviews?status=all&limit=30'),
    get('/api/v1/tournaments?limit=30'),
  ]);
  const decided = all.reviews.filter(({ status }) => status !== 'waiting');
  return [
    element('h1', {}, 'Reviews'),
    element(
      'p',
      { class: 'lead' },
      'Where models dispute, a person decides; without one, the declared default.',
    ),
    ...(waiting.reviews.length === 0
      ? [card(null, nothingWaits())]
      : await Promise.all(waiting.reviews.map((review) => waitingCard(review, again)))),
    decided.length > 0 && card('Over', table(decidedColumns, decided)),
    tournaments.length > 0 && card('Tournaments', table(tournamentColumns, tournaments)),
  ].filter(Boolean);
};
