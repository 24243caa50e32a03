// What sessions look at: one list per market, and the form and buttons that change them.
import { get, post, remove } from '../api.js';
import { card, element, empty, formNote, onSubmit, table } from '../element.js';
import { subjectName } from '../format.js';

const removeButton = ({ market, subject }, note, again) =>
  element(
    'button',
    {
      class: 'quiet',
      type: 'button',
      'aria-label': `Remove ${subjectName(subject)} from ${market}`,
      onclick: onSubmit(note, async () => {
        await remove(`/api/v1/watchlists/${encodeURIComponent(subject)}?market=${market}`);
        await again();
      }),
    },
    'Remove',
  );

const addForm = (note, again) => {
  const symbols = element('input', { name: 'watch', placeholder: 'AAPL, SAP.DE', autocomplete: 'off' });
  const submit = onSubmit(note, async () => {
    await post('/api/v1/watchlists', { symbols: symbols.value.split(/[\s,]+/).filter(Boolean) });
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', { class: 'wide' }, 'Symbols to watch', symbols),
    element('button', {}, 'Add'),
  );
};

export const watchlistCard = async () => {
  const { watchlists } = await get('/api/v1/watchlists');
  const note = formNote();
  const rows = Object.entries(watchlists).flatMap(([market, subjects]) =>
    subjects.map((subject) => ({ market, subject })),
  );
  /** Takes the place of itself alone: what is typed and watched elsewhere on the page stays. */
  const again = async () => {
    const renewed = await watchlistCard();
    shown.replaceWith(renewed);
    renewed.querySelector('input').focus();
  };
  const shown = card(
    'Watchlist',
    addForm(note, again),
    note,
    rows.length === 0
      ? empty(
          'Empty: sessions that name no symbols look at a few well-known ones of their market, such as AAPL in New York. Add your own.',
        )
      : table(
          [
            ['Symbol', ({ subject }) => subjectName(subject), 'name'],
            ['Market', ({ market }) => market],
            ['', (row) => removeButton(row, note, again)],
          ],
          rows,
        ),
  );
  return shown;
};
