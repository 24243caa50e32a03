// What runs by itself: the next run of each schedule, and the buttons to hold, release or run it now.
import { get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, onSubmit, table } from '../element.js';
import { instant } from '../format.js';

/** `desk:XETR:afternoon` belongs to XETR. */
const marketOf = (scheduleId) => scheduleId.split(':').find((part) => /^X[A-Z]{3}$/.test(part));

/** By action: what its button says, and which one stands in its place afterwards. */
const ACTIONS = { pause: ['Pause', 'resume'], resume: ['Resume', 'pause'], trigger: ['Run now', 'trigger'] };

const labelOf = (action, { scheduleId }) => `${ACTIONS[action][0]} ${scheduleId}`;

const actionsOf = (row, note, again) => {
  const button = (action) => {
    const [text, next] = ACTIONS[action];
    const act = onSubmit(note, async (_, headers) => {
      await post(`/api/v1/schedules/${encodeURIComponent(row.scheduleId)}/${action}`, undefined, headers);
      await again(labelOf(next, row));
    });
    const label = { 'aria-label': labelOf(action, row) };
    return element('button', { class: 'quiet', type: 'button', ...label, onclick: act }, text);
  };
  return element('span', { class: 'actions' }, button(row.paused ? 'resume' : 'pause'), button('trigger'));
};

const TITLE = 'Runs by itself';

const drawnCard = async () => {
  const { schedules } = await get('/api/v1/schedules');
  const note = formNote();
  const rows = [...schedules].sort((a, b) => ((a.next[0] ?? '9') < (b.next[0] ?? '9') ? -1 : 1));
  if (rows.length === 0)
    return card(
      TITLE,
      empty(
        'Nothing yet. Name what to look at in the watchlist above, then ',
        code('conclave schedules sync'),
        '.',
      ),
    );
  /** Takes the place of itself alone, and leaves the focus on the button that it names. */
  const again = async (label) => {
    const renewed = await drawnCard();
    shown.replaceWith(renewed);
    renewed.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  };
  const shown = card(
    TITLE,
    table(
      [
        ['Schedule', (row) => row.scheduleId, 'name'],
        ['State', (row) => (row.paused ? badge('paused', 'warn') : badge('on', 'good'))],
        ['Next', (row) => instant(row.next[0], marketOf(row.scheduleId))],
        ['Last', (row) => instant(row.recent.at(-1), marketOf(row.scheduleId))],
        ['Missed', (row) => row.missed, 'number'],
        ['', (row) => actionsOf(row, note, again)],
      ],
      rows,
    ),
    note,
  );
  return shown;
};

/** Schedules that cannot be read are no reason to show nothing of the day, and not the same as none. */
export const scheduleCard = () => drawnCard().catch((error) => card(TITLE, empty(error.message)));
