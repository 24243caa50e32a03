// Shows the page that the address names, and leaves the one before in order. A page's code is loaded when it is
// first opened, so that the first paint waits for one page only.
import { get, setToken } from './api.js';
import { badge, card, code, element, link, modeTone, renew } from './element.js';
import { listenToKeys } from './keyboard.js';

/** By name: title, key after "g", code. */
const PAGES = {
  today: ['Today', 't', () => import('./pages/today.js')],
  decisions: ['Decisions', 'd', () => import('./pages/decisions.js')],
  reviews: ['Reviews', 'v', () => import('./pages/reviews.js')],
  track: ['Track record', 'r', () => import('./pages/track.js')],
  competition: ['Competition', 'c', () => import('./pages/competition.js')],
  panels: ['Panels', 'p', () => import('./pages/panels.js')],
  experiments: ['Experiments', 'e', () => import('./pages/experiments.js')],
  money: ['Money', 'm', () => import('./pages/money.js')],
  research: ['Research', 's', () => import('./pages/research.js')],
  providers: ['Providers', 'o', () => import('./pages/providers.js')],
  reports: ['Reports', 'y', () => import('./pages/reports.js')],
  alerts: ['Alerts', 'a', () => import('./pages/alerts.js')],
  settings: ['Settings', ',', () => import('./pages/settings.js')],
};

const place = document.getElementById('page');
const nav = document.getElementById('nav');
const status = document.getElementById('status');
/** How old the head of the page may be while one page stays open, and what the page itself looks after. */
const STATUS_MS = 20_000;

/** What the head says instead of the mode, by status. */
const REFUSED = { 0: 'no answer', 401: 'token needed', 429: 'too many requests' };

let leaving = new AbortController();
/** Brings the open page up to date with what happens elsewhere. */
let look = null;

const drawNav = (current) => {
  // A page drawn anew leaves the reader where they are.
  if (nav.querySelector('[aria-current]')?.hash === `#/${current}`) return;
  nav.replaceChildren(
    ...Object.entries(PAGES).map(([name, [title]]) =>
      element('a', { href: `#/${name}`, 'aria-current': name === current ? 'page' : null }, title),
    ),
  );
  nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
};

const askForToken = (why) => {
  const input = element('input', { type: 'password', id: 'token', autocomplete: 'off', required: true });
  return card(
    'This server asks for a token',
    element('p', { role: 'alert' }, why),
    element(
      'form',
      {
        class: 'row',
        onsubmit: (event) => {
          event.preventDefault();
          setToken(input.value.trim());
          void show();
        },
      },
      element('label', { class: 'wide' }, 'Token', input),
      element('button', {}, 'Use it in this tab'),
    ),
    element(
      'p',
      { class: 'soft' },
      'Whoever runs the server makes one, shown once: ',
      code('conclave token create desk --scope run'),
      '. Settings, budgets and the switch that halts all calls need ',
      code('--scope admin'),
      '.',
    ),
  );
};

const failure = (error) => {
  if (error.status === 401) return askForToken(error.message);
  return element('p', { class: 'notice error', role: 'alert' }, error.message);
};

/** What may be over at the next look: no answer, too many requests, a fault of the server. */
const mayPass = ({ status = 0 }) => status === 0 || status === 429 || status >= 500;

/** A page that is drawn anew leaves the focus on the field of the same name. */
const keepFocus = (draw) => {
  const { id } = document.activeElement;
  draw();
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
};

/** The mode in force, and what waits for a person. */
const showStatus = async () => {
  const [about, waiting] = await Promise.all([
    get('/api/v1/about').catch(({ status }) => ({ refused: REFUSED[status] ?? `status ${status}` })),
    get('/api/v1/reviews?limit=10').catch(() => ({ reviews: [] })),
  ]);
  // What has its answer waits for nobody here; of more than are listed the number is not known.
  const count = waiting.reviews.filter(({ pending }) => !pending).length;
  const more = waiting.reviews.length === 10 ? ' or more' : '';
  const shown = [
    about.workers === 0 && badge('no worker: conclave up', 'bad'),
    count > 0 && link('#/reviews', `${count}${more} to decide`),
    about.refused
      ? badge(about.refused, 'bad')
      : link('#/providers', badge(`mode ${about.mode}`, modeTone(about.mode))),
  ].filter(Boolean);
  // What has not changed is not said again.
  renew(status, ...shown);
};

const show = async () => {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  look = null;
  const everyLook = (work) => {
    if (!signal.aborted) look = work;
  };
  const [name, ...rest] = location.hash.replace(/^#\//, '').split('/');
  const known = Object.hasOwn(PAGES, name) ? name : 'today';
  const [title, , load] = PAGES[known];
  drawNav(known);
  document.title = `${title} · Conclave`;
  place.setAttribute('aria-busy', 'true');
  try {
    const { page } = await load();
    const argument = decodeURIComponent(rest.join('/'));
    // What ends after its page was left must not draw the page that is open then.
    const again = () => (signal.aborted ? undefined : show());
    const content = await page({ argument, signal, again, everyLook });
    if (!signal.aborted) keepFocus(() => place.replaceChildren(...content.filter(Boolean)));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(element('h1', {}, title), failure(error));
    if (mayPass(error)) everyLook(show);
  }
  if (!signal.aborted) place.removeAttribute('aria-busy');
  void showStatus();
};

// The address names the page: a jump within it must leave the address alone.
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  place.focus();
});
addEventListener('hashchange', () => {
  void show();
  // A choice on the page keeps the focus, as arrow keys go on from it.
  if (document.activeElement.tagName === 'SELECT') return;
  place.focus({ preventScroll: true });
  scrollTo(0, 0);
});
listenToKeys(Object.entries(PAGES).map(([name, [title, key]]) => [name, title, key]));
const lookAgain = () => {
  if (document.hidden) return;
  void showStatus();
  // What cannot be read is shown as it was; the head says that there is no answer.
  look?.().catch(() => undefined);
};
setInterval(lookAgain, STATUS_MS);
document.addEventListener('visibilitychange', lookAgain);
void show();
