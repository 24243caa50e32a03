// Disputes that wait for a person: what was asked, what each model says, and the buttons that decide.
import { get, post } from '../api.js';
import { card, code, element, empty, formNote, link, onSubmit, renew, table } from '../element.js';
import { instant, subjectName, usd } from '../format.js';
import { cutNote } from './long-table.js';
import { confidenceOf, memberColumns, stateBadge, tournamentDetail, words } from './tournament-detail.js';
import { whatWasSaid } from './what-was-said.js';

/** How many of what is over are listed. */
const LISTED = 30;

/** Who decided last in this browser; typed once. */
const NAME = 'conclave-reviewer';

/** The verdicts are no submit buttons: Enter in a field would press the first, and a verdict cannot be taken back. */
const decisionForm = (review, decided) => {
  const name = element('input', {
    required: true,
    maxlength: 200,
    autocomplete: 'name',
    value: localStorage.getItem(NAME) ?? '',
  });
  const reason = element('input', { required: true, maxlength: 2000 });
  const note = formNote();
  const decide = onSubmit(note, async ({ target }, headers) => {
    localStorage.setItem(NAME, name.value.trim());
    const body = { verdict: target.value, reviewer: name.value.trim(), reason: reason.value.trim() };
    await post(`/api/v1/reviews/${encodeURIComponent(review.reviewId)}/decide`, body, headers);
    await decided();
  });
  const verdictButton = (option, index) =>
    element(
      'button',
      { type: 'button', value: option, class: index === 0 ? null : 'quiet', onclick: decide },
      words(option),
    );
  return element(
    'form',
    { class: 'row', onsubmit: (event) => event.preventDefault() },
    element('label', {}, 'Your name', name),
    element('label', { class: 'wide' }, 'Why', reason),
    ...review.options.map(verdictButton),
    note,
  );
};

/** What the review is about, as it is stored: its heading, text, reasons and answers. */
const TARGETS = {
  tournament: async (id) => {
    const { task, prompt, why, members } = await get(`/api/v1/tournaments/${id}`);
    return [words(task), prompt, why, table(memberColumns, members)];
  },
  decision: async (id) => {
    const { subject, statement, why, members = [] } = await get(`/api/v1/decisions/${id}`);
    return [
      subjectName(subject),
      statement,
      why,
      element(
        'div',
        {},
        whatWasSaid(members.map(({ model, reasons }) => [model, reasons])),
        link(`#/decisions/${id}`, 'The whole decision'),
      ),
    ];
  },
};

const waitingCard = async (review, decided) => {
  const target = TARGETS[review.targetKind]?.(encodeURIComponent(review.targetId));
  // One that is gone leaves the question as it was asked.
  const missing = (error) => {
    if (error.status !== 404) throw error;
  };
  const [heading, text, why = [], answers] = (await target?.catch(missing)) ?? [];
  const { pending } = review;
  return card(
    null,
    element('h2', {}, heading ?? review.targetId, ' ', stateBadge(review.status)),
    element('p', {}, text ?? review.question),
    element(
      'p',
      { class: 'soft' },
      'Due ',
      instant(review.dueAt),
      pending ? '. ' : `, then it becomes ${review.default}. `,
      review.workflowUrl && link(review.workflowUrl, 'In Temporal'),
    ),
    why.length > 0 && element('ul', { class: 'why' }, ...why.map((reason) => element('li', {}, reason))),
    answers,
    pending ? element('p', { role: 'status' }, pending, '.') : decisionForm(review, decided),
  );
};

/** A card for each that waits, in `place`; `refresh` is asked for once one was decided here. */
const waitingCards = (place, refresh) => {
  const cards = new Map();
  const take = (reviewId) => {
    cards.get(reviewId)?.remove();
    cards.delete(reviewId);
  };
  /** Nobody is to decide without what the models said: until that can be read, a card says why, for this look only. */
  const unread = new Set();
  const cardOf = async (review) => {
    const decided = async () => {
      place.closest('main').focus({ preventScroll: true });
      take(review.reviewId);
      await refresh();
    };
    try {
      return await waitingCard(review, decided);
    } catch (error) {
      unread.add(review.reviewId);
      return card(review.targetId, empty(error.message));
    }
  };
  /** Those still undecided stay as they are, with what was typed into them; so does one in which someone types. */
  return async (reviews) => {
    const listed = new Map(reviews.map((review) => [review.reviewId, review]));
    for (const [reviewId, shown] of cards) {
      const review = listed.get(reviewId);
      const stands = review && !unread.delete(reviewId) && !(review.pending && shown.querySelector('form'));
      if (!stands && !shown.querySelector('input:focus')) take(reviewId);
    }
    const added = reviews.filter(({ reviewId }) => !cards.has(reviewId));
    const drawn = await Promise.all(added.map(cardOf));
    added.forEach(({ reviewId }, index) => {
      // Two looks at once may have drawn the same.
      if (cards.has(reviewId)) return;
      cards.set(reviewId, drawn[index]);
      place.append(drawn[index]);
    });
    return cards.size;
  };
};

const PAGES = { tournament: 'reviews', decision: 'decisions' };

const questionLink = ({ question, targetKind, targetId }) =>
  link(PAGES[targetKind] ? `#/${PAGES[targetKind]}/${encodeURIComponent(targetId)}` : null, words(question));

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

const tournamentColumns = [
  ['Task', (row) => link(`#/reviews/${encodeURIComponent(row.tournamentId)}`, words(row.task)), 'name'],
  ['Asked', (row) => row.prompt.slice(0, 120)],
  ['Status', (row) => stateBadge(row.status)],
  ['Verdict', (row) => row.verdict ?? '–'],
  ['Confidence', confidenceOf],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Started', (row) => instant(row.createdAt)],
];

const nothingWaits = () =>
  empty(
    'Nothing waits for you. Let three or more models judge a critical task, and decide here where they dispute: ',
    code('conclave tournament --help'),
    '.',
  );

export const page = async ({ argument, again, signal, everyLook }) => {
  if (argument)
    return tournamentDetail(await get(`/api/v1/tournaments/${encodeURIComponent(argument)}`), again, signal);
  const [waits, over, asked] = [element('div'), element('div'), element('div')];
  const nothing = card(null, nothingWaits());
  const refresh = async () => {
    const [waiting, all, { tournaments }] = await Promise.all([
      get('/api/v1/reviews'),
      get(`/api/v1/reviews?status=all&limit=${LISTED}`),
      get(`/api/v1/tournaments?limit=${LISTED}`),
    ]);
    nothing.hidden = (await drawWaiting(waiting.reviews)) > 0;
    const decided = all.reviews.filter(({ status }) => status !== 'waiting');
    const listed = (title, columns, rows, cut) => rows.length > 0 && card(title, table(columns, rows), cut);
    renew(over, listed('Over', decidedColumns, decided, cutNote(all.reviews, LISTED)));
    renew(asked, listed('Tournaments', tournamentColumns, tournaments, cutNote(tournaments, LISTED)));
  };
  const drawWaiting = waitingCards(waits, refresh);
  await refresh();
  everyLook(refresh);
  return [
    element('h1', {}, 'Reviews'),
    element(
      'p',
      { class: 'lead' },
      'Where models dispute, a person decides; without one, the declared default.',
    ),
    nothing,
    waits,
    over,
    asked,
  ];
};
