// What runs by itself: the next run of each schedule, and the buttons to hold, release or run it now.
import { get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, table } from '../element.js';
import { instant } from '../format.js';

/** `desk:XETR:afternoon` belongs to XETR. */
const marketOf = (scheduleId) => scheduleId.split(':').find((part) => /^X[A-Z]{3}$/.test(part));

const actionsOf = (row, note, again) => {
  const button = (action, text) =>
    element(
      'button',
      {
        class: 'quiet',
        type: 'button',
        'aria-label': `${text} ${row.scheduleId}`,
        onclick: async () => {
          try {
            await post(`/api/v1/schedules/${encodeURIComponent(row.scheduleId)}/${action}`, undefined);
            await again();
          } catch (error) {
            note.textContent = error.message;
          }
        },
      },
      text,
    );
  return element(
    'span',
    { class: 'actions' },
    row.paused ? button('resume', 'Resume') : button('pause', 'Pause'),
    button('trigger', 'Run now'),
  );
};

export const scheduleCard = async (again) => {
  const { schedules } = await get('/api/v1/schedules').catch(() => ({ schedules: [] }));
  const note = formNote();
  const rows = [...schedules].sort((a, b) => ((a.next[0] ?? '9') < (b.next[0] ?? '9') ? -1 : 1));
  if (rows.length === 0)
    return card(
      'Runs by itself',
      empty(
        'Nothing yet. Name what to look at in the watchlist above, then ',
        code('conclave schedules sync'),
        '.',
      ),
    );
  return card(
    'Runs by itself',
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
};
