// Alerts: what is wrong now, what was and for how long, and the thresholds that decide.
import { get } from '../api.js';
import { badge, card, element, empty, link, table } from '../element.js';
import { instant, words } from '../format.js';

const TONES = { critical: 'bad', error: 'bad', warning: 'warn' };

const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/** Worst first; those alike stay newest first. Asked for apart: one may be older than all that are listed. */
export const openAlerts = async () => {
  const { alerts } = await get('/api/v1/alerts?open=true&limit=500');
  return alerts.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
};

const MINUTE_MS = 60_000;

const lasted = ({ raisedAt, resolvedAt }) => {
  const minutes = (Date.parse(resolvedAt) - Date.parse(raisedAt)) / MINUTE_MS;
  if (minutes < 1) return 'under a minute';
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
};

/** Most alerts that are named before the page's own content. */
const NAMED = 3;

/** The worst of what is open, in one place; null where nothing is. */
export const alertNotice = (open) =>
  open.length > 0 &&
  element(
    'div',
    { class: open.some(({ severity }) => severity === 'critical') ? 'notice error' : 'notice' },
    element('ul', {}, ...open.slice(0, NAMED).map(({ title }) => element('li', {}, title))),
    link('#/alerts', open.length > NAMED ? `All ${open.length} open alerts` : 'Alerts'),
  );

const columns = [
  ['Alert', (row) => row.title, 'title'],
  ['Severity', (row) => badge(row.severity, TONES[row.severity] ?? '')],
  ['Rule', (row) => words(row.kind)],
  ['Since', (row) => instant(row.raisedAt)],
];

const overColumns = [...columns, ['Over', (row) => instant(row.resolvedAt)], ['Lasted', lasted]];

const thresholdColumns = [
  ['Threshold', (row) => words(row.key), 'name'],
  ['Now', (row) => (row.value === null ? 'no alert' : String(row.value)), 'number'],
  ['What it does', (row) => row.doc],
];

export const page = async () => {
  const [open, { alerts }, { settings }] = await Promise.all([
    openAlerts(),
    get('/api/v1/alerts?limit=500'),
    get('/api/v1/settings'),
  ]);
  const over = alerts.filter(({ resolvedAt }) => resolvedAt !== null);
  return [
    element('h1', {}, 'Alerts'),
    element('p', { class: 'lead' }, 'Each fires once per episode, and says once that it is over.'),
    card(
      'Open',
      open.length === 0
        ? empty(
            'Nothing is wrong. Alerts also go to a signed webhook or by mail, where the configuration names one.',
          )
        : table(columns, open),
    ),
    over.length > 0 && card('Over', table(overColumns, over)),
    card(
      'Thresholds',
      table(
        thresholdColumns,
        settings.filter(({ category }) => category === 'alerts'),
      ),
      element('p', { class: 'after' }, link('#/settings', 'Change them on the page Settings')),
    ),
  ];
};
