// Today: start a market session, watch it live, see the latest ones.
import { follow, get, post } from '../api.js';
import {
  badge,
  card,
  code,
  element,
  empty,
  formNote,
  link,
  modeTone,
  onSubmit,
  option,
  renew,
  table,
} from '../element.js';
import { duration, instant, subjectName, usd, whole, words } from '../format.js';
import { alertNotice, openAlerts } from './alerts.js';
import { decisionCard, memberRow } from './decision-card.js';
import { decisionColumns } from './decisions.js';
import { scheduleCard } from './schedule-card.js';
import { watchlistCard } from './watchlist-card.js';
import { chooseWorld, currentWorld, suggestWorld } from './worlds.js';

const MARKETS = [
  ['', 'by symbols, else New York'],
  ['XNYS', 'New York'],
  ['XETR', 'Xetra'],
  ['XLON', 'London'],
  ['XPAR', 'Paris'],
  ['XTKS', 'Tokyo'],
  ['CRYPTO', 'Crypto'],
  ['PREDICTION', 'Prediction markets'],
];

const startForm = (onStarted) => {
  const symbols = element('input', {
    id: 'symbols',
    placeholder: 'AAPL, MSFT (empty: the watchlist)',
    autocomplete: 'off',
  });
  const market = element('select', { id: 'market' }, ...MARKETS.map(([value, text]) => option(value, text)));
  const stake = element('input', { id: 'stake', value: '25', inputmode: 'decimal', size: '6' });
  const note = formNote();
  const submit = onSubmit(note, async (_, headers) => {
    note.textContent = 'Starting…';
    const body = {
      symbols: symbols.value.split(/[\s,]+/).filter(Boolean),
      ...(market.value ? { market: market.value } : {}),
      ...(stake.value.trim() ? { stakeUsd: stake.value.trim() } : {}),
    };
    const target = await post('/api/v1/sessions', body, headers);
    note.textContent = target.sessionId ? '' : `No session: ${target.skipped}`;
    if (target.sessionId) onStarted(target);
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', { class: 'wide' }, 'Symbols', symbols),
    element('label', {}, 'Market', market),
    element('label', {}, 'Stake in USD', stake),
    element('button', { id: 'start' }, 'Start session'),
    note,
  );
};

const runningCard = ({ subject, stage, members }) =>
  card(
    null,
    element('h2', {}, subjectName(subject), ' ', badge(stage, 'warn')),
    element('div', { class: 'members' }, ...members.map(memberRow)),
  );

/** `session:synthetic:XNYS:2026-11-23:pre_market:1a2b` is the pre-market session of New York on that day. */
const nameFromId = (sessionId) => {
  const [, market, date, kind] = /:([A-Z]+):(\d{4}-\d\d-\d\d):([a-z_]+)/.exec(sessionId) ?? [];
  return market ? sessionName({ market, date, kind }) : sessionId;
};

/** Draws a session as it goes; answers with its place on the page. `onEnd` is told whether it could be followed to its end. */
const liveSession = (sessionId, signal, onEnd) => {
  const bar = element('progress', { max: 1, value: 0, 'aria-label': 'Decided subjects' });
  const head = element('p', { class: 'soft' }, 'Waiting for the first sign of the session…');
  const running = element('div', { class: 'grid' });
  const decided = element('div', { class: 'grid', id: 'decided' });
  const listener = (event, data) => {
    if (event === 'decision') decided.append(decisionCard(data));
    if (event === 'progress') {
      bar.max = Math.max(1, data.total);
      bar.value = data.done;
      head.textContent = `${data.done} of ${data.total} decided · ${data.status}${data.synthetic ? ' · synthetic data' : ''}`;
      running.replaceChildren(...data.running.map(runningCard));
    }
    if (event === 'end') running.replaceChildren();
  };
  follow(`/api/v1/sessions/${encodeURIComponent(sessionId)}/stream`, listener, signal)
    .then(
      () => true,
      (error) => {
        head.textContent = error.message;
        return false;
      },
    )
    .then((followed) => signal.aborted || onEnd(followed));
  return element('section', { 'aria-live': 'off' }, card(nameFromId(sessionId), head, bar), running, decided);
};

const TONES = { finished: 'good', running: 'warn', failed: 'bad' };

/** Late is not missed: what began a minute or more after its schedule says so. */
const lateBadge = ({ lateSeconds, scheduledAt }) =>
  lateSeconds >= 60 &&
  element(
    'span',
    { class: 'badge warn', title: `due ${scheduledAt}` },
    `${Math.round(lateSeconds / 60)} min late`,
  );

const modeBadge = ({ mode }) => mode !== 'normal' && badge(mode, modeTone(mode));

const sessionName = (session) => `${session.market} ${session.date} ${session.kind.replace('_', '-')}`;

const columns = [
  ['Session', (row) => link(`#/today/${encodeURIComponent(row.sessionId)}`, sessionName(row)), 'name'],
  ['State', (row) => [badge(row.status, TONES[row.status] ?? ''), modeBadge(row), lateBadge(row)]],
  ['World', (row) => (row.synthetic ? 'synthetic' : row.world)],
  ['Subjects', (row) => row.subjects.length, 'number'],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Saved', (row) => usd(row.savedUsd), 'number'],
  ['Took', (row) => duration(row.wallMs), 'number'],
  ['Started', (row) => instant(row.startedAt, row.market)],
  ['Workflow', (row) => (row.workflowUrl ? link(row.workflowUrl, 'Temporal') : '–')],
];

const noSessions = () =>
  empty(
    'No session has run yet. Start one above with a few symbols; without any model key the house models decide, free of charge. From a shell: ',
    code('conclave session --symbols AAPL,MSFT'),
  );

const FIRST_SESSIONS = 20;
/** What the API gives at once. */
const MOST_SESSIONS = 500;

/** @param most of each world */
const recentSessions = async (most) => {
  const lists = await Promise.all(
    ['live', 'synthetic'].map((world) => get(`/api/v1/sessions?world=${world}&limit=${most}`)),
  );
  return {
    sessions: lists.flatMap(({ sessions }) => sessions).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
    hasMore: most < MOST_SESSIONS && lists.some(({ next }) => next !== null),
  };
};

const attention = async () => {
  const [{ reviews }, open] = await Promise.all([get('/api/v1/reviews?limit=10'), openAlerts()]);
  const waiting = ({ question }) =>
    element('p', { class: 'notice' }, `Waits for you: ${words(question)} `, link('#/reviews', 'Decide'));
  // What has its answer waits for nobody here.
  const undecided = reviews.filter(({ pending }) => !pending);
  return [...undecided.map(waiting), alertNotice(open)];
};

/** A session that has begun longer ago is not drawn live by itself: whoever ended it may not have said so. */
const LIVE_MS = 3_600_000;

const isLive = ({ status, startedAt }) =>
  status === 'running' && Date.now() - Date.parse(startedAt) < LIVE_MS;

/** The newest session's decisions, as a board. */
const latestBoard = async (session) => {
  const { decisions } = await get(
    `/api/v1/decisions?world=${encodeURIComponent(session.world)}&sessionId=${encodeURIComponent(session.sessionId)}&limit=500`,
  );
  return card(
    `Latest board: ${sessionName(session)}`,
    session.synthetic &&
      element('p', { class: 'soft' }, 'Synthetic data: made-up prices, no decision here means anything.'),
    session.note && element('p', { class: 'notice' }, session.note),
    decisions.length === 0 ? empty('It decided nothing.') : table(decisionColumns, decisions),
  );
};

const funnelColumns = [
  ['Step', (row) => words(row.step), 'name'],
  ['Decisions', (row) => whole(row.count), 'number'],
];

/** How far the decisions of the day came; nothing before the first, nor in a replay, whose clock is elsewhere. */
const funnelCard = async () => {
  const day = new Date().toISOString().slice(0, 10);
  const report = await get(`/api/v1/reports/${day}?world=${encodeURIComponent(currentWorld())}`).catch(
    () => null,
  );
  const funnel = report?.decisions.funnel ?? [];
  return funnel[0]?.count > 0 && card('Why it traded today, or not', table(funnelColumns, funnel));
};

/** The place of the session that matters most: the one asked for, the one under way, else the newest one's board. */
const sessionPlace = (asked, signal, onEnd) => {
  const place = element('div');
  /** The id of what is watched, also after its end; a board's with its status, since one that ends later is another. */
  let shown = null;
  let isUnderWay = false;
  let watched = new AbortController();
  const showLive = (sessionId) => {
    [shown, isUnderWay] = [sessionId, true];
    // A browser keeps few connections to one server.
    watched.abort();
    watched = new AbortController();
    const both = AbortSignal.any([signal, watched.signal]);
    const ended = (followed) => {
      // The next look follows what could not be followed, or shows its board.
      if (shown === sessionId) [shown, isUnderWay] = [followed ? sessionId : null, false];
      if (followed) onEnd();
    };
    place.replaceChildren(liveSession(sessionId, both, ended));
  };
  /** What is watched stays until it has ended, and what was asked for stays for good. */
  const showNewest = async (sessions) => {
    const next = sessions.find(isLive) ?? sessions[0];
    if (asked || isUnderWay || !next || next.sessionId === shown) return;
    if (isLive(next)) return showLive(next.sessionId);
    const name = `${next.sessionId} ${next.status}`;
    if (name === shown) return;
    shown = name;
    try {
      const board = await latestBoard(next);
      if (shown === name) place.replaceChildren(board);
    } catch (error) {
      // The next look asks again.
      if (shown === name) shown = null;
      throw error;
    }
  };
  if (asked) showLive(asked);
  return { place, showLive, showNewest };
};

export const page = async ({ argument, signal, everyLook }) => {
  const [notices, list, funnel] = [element('div'), element('div'), element('div')];
  const note = formNote();
  const more = element('button', { class: 'quiet', type: 'button', hidden: true }, 'Show more');
  let most = FIRST_SESSIONS;
  /** Also what the desk began and ended by itself. */
  const look = async () => {
    const [{ sessions, hasMore }, above] = await Promise.all([recentSessions(most), attention()]);
    more.hidden = !hasMore;
    suggestWorld(sessions[0]?.world);
    renew(notices, ...above);
    await showNewest(sessions);
    if (renew(list, sessions.length === 0 ? noSessions() : table(columns, sessions)))
      renew(funnel, await funnelCard());
  };
  const { place, showLive, showNewest } = sessionPlace(
    argument,
    signal,
    () => void look().catch(() => undefined),
  );
  const showMore = onSubmit(note, async () => {
    most = Math.min(MOST_SESSIONS, most * 5);
    await look();
  });
  more.addEventListener('click', showMore);
  const [watchlist, schedules] = await Promise.all([watchlistCard(), scheduleCard(), look()]);
  everyLook(look);
  const started = ({ sessionId, world }) => {
    chooseWorld(world);
    showLive(sessionId);
    void look().catch(() => undefined);
  };
  return [
    element('h1', {}, 'Today'),
    element('p', { class: 'lead' }, 'One shared brief per subject, several models, one decision each.'),
    notices,
    card('Start a session', startForm(started)),
    place,
    card('Sessions', list, more, note),
    funnel,
    watchlist,
    schedules,
  ];
};
