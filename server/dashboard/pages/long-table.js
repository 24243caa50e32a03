// Lists that are longer than a page shows: as a table that goes on when asked, or with a word on where it is cut.
import { get } from '../api.js';
import { element, formNote, onSubmit, table } from '../element.js';

const PAGE = 50;

/** The list `name` of the API's `path`, which has a query; `none` stands where nothing is in it. */
export const longTable = async (columns, none, path, name) => {
  const rows = [];
  let next = null;
  const read = async () => {
    const answer = await get(`${path}&limit=${PAGE}${next === null ? '' : `&cursor=${next}`}`);
    rows.push(...answer[name]);
    next = answer.next;
  };
  await read();
  const place = element('div', {}, rows.length === 0 ? none : table(columns, rows));
  const note = formNote();
  const more = element('button', { class: 'quiet', type: 'button', hidden: next === null }, 'Show more');
  const goOn = onSubmit(note, async () => {
    await read();
    more.hidden = next === null;
    place.replaceChildren(table(columns, rows));
  });
  more.addEventListener('click', goOn);
  return [place, more, note];
};

/** Says that a list without a next page is cut, where it may be. */
export const cutNote = (rows, limit) =>
  rows.length === limit && element('p', { class: 'soft' }, `The newest ${limit}.`);
