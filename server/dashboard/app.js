// Shows the page that the address names, and leaves the one before in order.
import { get, setToken } from './api.js';
import { badge, card, element } from './element.js';
import { decisionsPage } from './pages/decisions.js';
import { experimentsPage } from './pages/experiments.js';
import { moneyPage } from './pages/money.js';
import { providersPage } from './pages/providers.js';
import { researchPage } from './pages/research.js';
import { reviewsPage } from './pages/reviews.js';
import { settingsPage } from './pages/settings.js';
import { todayPage } from './pages/today.js';
import { trackPage } from './pages/track.js';

const PAGES = {
  today: ['Today', todayPage],
  decisions: ['Decisions', decisionsPage],
  reviews: ['Reviews', reviewsPage],
  track: ['Track record', trackPage],
  experiments: ['Experiments', experimentsPage],
  money: ['Money', moneyPage],
  research: ['Research', researchPage],
  providers: ['Providers', providersPage],
  settings: ['Settings', settingsPage],
};

const place = document.getElementById('page');
const nav = document.getElementById('nav');
const status = document.getElementById('status');
let leaving = new AbortController();

const drawNav = (current) => {
  nav.replaceChildren(
    ...Object.entries(PAGES).map(([name, [title]]) =>
      element('a', { href: `#/${name}`, 'aria-current': name === current ? 'page' : null }, title),
    ),
  );
  nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
};

const askForToken = () => {
  const input = element('input', { type: 'password', id: 'token', autocomplete: 'off', required: true });
  return card(
    'This server asks for a token',
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
    element('p', { class: 'soft' }, 'Tokens are made with POST /api/v1/tokens and shown once.'),
  );
};

const failure = (error) => {
  if (error.status === 401) return askForToken();
  return element('p', { class: 'notice error', role: 'alert' }, error.message);
};

const showStatus = async () => {
  const about = await get('/api/v1/about').catch(() => null);
  status.replaceChildren(
    about
      ? badge(`mode ${about.mode}`, about.mode === 'normal' ? 'good' : 'warn')
      : badge('no answer', 'bad'),
  );
};

const show = async () => {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [name, ...rest] = location.hash.replace(/^#\//, '').split('/');
  const known = Object.hasOwn(PAGES, name) ? name : 'today';
  const [title, page] = PAGES[known];
  drawNav(known);
  document.title = `${title} · Conclave`;
  try {
    const content = await page({ argument: decodeURIComponent(rest.join('/')), signal, again: show });
    if (!signal.aborted) place.replaceChildren(...content);
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(element('h1', {}, title), failure(error));
  }
  void showStatus();
};

addEventListener('hashchange', () => {
  void show();
  place.focus({ preventScroll: true });
});
void show();
