// Research: what is shared and what it saves, how fresh it is, and the events that make it stale.
import { get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, link, onSubmit, table, tile } from '../element.js';
import { instant, percent, subjectName, usd, whole } from '../format.js';
import { longTable } from './long-table.js';
import { currentWorld, worldChoice } from './worlds.js';

const listOf = (title, items) =>
  items.length > 0 && [
    element('h3', {}, title),
    element('ul', { class: 'why' }, ...items.map((item) => element('li', {}, item))),
  ];

const briefDetail = ({ brief, ...facts }) => [
  element('h1', {}, subjectName(facts.subject), ' ', facts.synthetic && badge('synthetic data', 'warn')),
  element(
    'p',
    { class: 'lead' },
    `${facts.kind} · ${facts.template} · quality ${Math.round(facts.quality)} · by ${facts.writtenBy} · `,
    instant(facts.createdAt, facts.market),
  ),
  card(
    'Thesis',
    element('p', {}, brief.content.thesis),
    listOf('Drivers', brief.content.drivers),
    listOf('Risks', brief.content.risks),
    listOf('Coming up', brief.content.upcoming),
    brief.content.volatility && [element('h3', {}, 'Volatility'), element('p', {}, brief.content.volatility)],
    brief.content.peers && [element('h3', {}, 'Sector and peers'), element('p', {}, brief.content.peers)],
  ),
  card(
    'Sources',
    table(
      [
        ['Source', (row) => row.source],
        ['Title', (row) => (row.url ? link(row.url, row.title) : row.title)],
        ['Public since', (row) => instant(row.publicAt)],
      ],
      brief.sources,
    ),
  ),
  element('p', {}, link('#/research', 'All research')),
];

const eventForm = (again) => {
  const type = element(
    'select',
    {},
    ...['earnings', 'major_news', 'market_crash', 'rate_change', 'geopolitical'].map((name) =>
      element('option', { value: name }, name.replace('_', ' ')),
    ),
  );
  const symbols = element('input', { placeholder: 'AAPL' });
  const reason = element('input', { placeholder: 'what happened', required: true });
  const note = formNote();
  const submit = onSubmit(note, async (_, headers) => {
    const names = symbols.value.split(/[\s,]+/).filter(Boolean);
    const covered = names.length > 0 ? { symbols: names } : {};
    await post('/api/v1/events', { type: type.value, reason: reason.value, ...covered }, headers);
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Event', type),
    element('label', {}, 'Symbols, for earnings and news', symbols),
    element('label', { class: 'wide' }, 'Reason', reason),
    element('button', {}, 'Make briefs stale'),
    note,
  );
};

const briefColumns = [
  [
    'Subject',
    (row) => link(`#/research/${encodeURIComponent(row.briefId)}`, subjectName(row.subject)),
    'name',
  ],
  ['Kind', (row) => `${row.kind} · ${row.template}`],
  ['Freshness', (row) => (row.fresh ? badge('fresh', 'good') : badge('stale'))],
  ['Quality', (row) => Math.round(row.quality), 'number'],
  ['By', (row) => row.writtenBy],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Made', (row) => instant(row.createdAt, row.market)],
  ['Until', (row) => instant(row.expiresAt, row.market)],
];

const eventColumns = [
  ['Event', (row) => row.type.replace('_', ' ')],
  ['Covers', (row) => (row.everything ? 'everything' : row.subjects.map(subjectName).join(', '))],
  ['World', (row) => row.world ?? 'all'],
  ['Reason', (row) => row.reason],
  ['In force since', (row) => instant(row.recordedAt)],
];

const metricColumns = [
  ['Subject', (row) => subjectName(row.subject)],
  ['Kind', (row) => row.kind],
  ['Hits', (row) => whole(row.hits), 'number'],
  ['Joins', (row) => whole(row.joins), 'number'],
  ['Misses', (row) => whole(row.misses), 'number'],
  ['Hit rate', (row) => percent(row.hitRate), 'number'],
  ['Saved', (row) => usd(row.costSavedUsd), 'number'],
];

const noBriefs = () =>
  empty(
    'No briefs in this world. Start a session on the page ',
    link('#/today', 'Today'),
    ', or research one subject: ',
    code('conclave research AAPL'),
  );

export const page = async ({ argument, again }) => {
  if (argument) return briefDetail(await get(`/api/v1/briefs/${encodeURIComponent(argument)}`));
  const world = encodeURIComponent(currentWorld());
  const [overall, bySubject, briefs, { events }] = await Promise.all([
    get(`/api/v1/cache?world=${world}`),
    get(`/api/v1/cache?world=${world}&by=subject`),
    longTable(briefColumns, noBriefs(), `/api/v1/briefs?world=${world}`, 'briefs'),
    get('/api/v1/events?limit=20'),
  ]);
  const [sums] = overall.metrics;
  return [
    element('h1', {}, 'Research'),
    element(
      'p',
      { class: 'lead' },
      'One brief serves every model that asks; an event makes it stale for all at once.',
    ),
    element('form', { class: 'row toolbar' }, await worldChoice(again)),
    element(
      'div',
      { class: 'tiles' },
      tile('hit rate', percent(sums?.hitRate ?? null)),
      tile('hits', whole(sums?.hits ?? 0)),
      tile('joins', whole(sums?.joins ?? 0)),
      tile('research sessions', whole(sums?.sessions ?? 0)),
      tile('cost', usd(sums?.costUsd ?? '0')),
      tile('saved', usd(sums?.costSavedUsd ?? '0')),
    ),
    card('Briefs', ...briefs),
    bySubject.metrics.length > 0 && card('Reads by subject', table(metricColumns, bySubject.metrics)),
    card(
      'Market events',
      eventForm(again),
      events.length === 0
        ? empty(
            'No events so far. The desk finds jumps, gaps and bursts of news on the watchlist by itself; what it cannot see, report above.',
          )
        : table(eventColumns, events),
    ),
  ].filter(Boolean);
};
