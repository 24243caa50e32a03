// Builds the page from text only: nothing here ever parses markup, so that text from models stays text.

/** `element('td', { class: 'number' }, 'text', child)`; attributes that are null or false are left out. */
export const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
};

export const card = (title, ...children) =>
  element('section', { class: 'card' }, title && element('h2', {}, title), ...children);

export const tile = (label, value) =>
  element('div', { class: 'tile' }, element('b', {}, value), element('span', {}, label));

export const badge = (text, tone = '') => element('span', { class: `badge ${tone}` }, text);

/** Modes in which a language model may still be asked are a warning, the others worse. */
export const modeTone = (mode) => ({ normal: 'good', cached: 'bad', halted: 'bad' })[mode] ?? 'warn';

/** What an empty place says: what would stand here, and what to do for it. */
export const empty = (...children) => element('p', { class: 'empty' }, ...children);

export const code = (text) => element('code', {}, text);

/** Only http and https addresses become links. */
export const link = (href, text) =>
  /^(https?:\/\/|#)/.test(href ?? '')
    ? element('a', href.startsWith('#') ? { href } : { href, target: '_blank', rel: 'noreferrer' }, text)
    : element('span', {}, text);

/** What is wider than its place scrolls, and can then be reached by keys. */
const scrolling = (content) => {
  const place = element('div', { class: 'scroll' }, content);
  new ResizeObserver(() => {
    if (place.scrollWidth > place.clientWidth) place.setAttribute('tabindex', '0');
    else place.removeAttribute('tabindex');
  }).observe(place);
  return place;
};

const headOf = (columns) =>
  element(
    'thead',
    {},
    element('tr', {}, ...columns.map(([title, , kind]) => element('th', { class: kind }, title))),
  );

const cellOf = ([title, value, kind], row) =>
  element('td', { class: kind, 'data-label': title }, element('span', {}, value(row)));

/** `columns`: [title, row => text or node, class]; on narrow screens each row becomes a small list. */
export const table = (columns, rows) =>
  scrolling(
    element(
      'table',
      { class: 'stack' },
      headOf(columns),
      element(
        'tbody',
        {},
        ...rows.map((row) => element('tr', {}, ...columns.map((column) => cellOf(column, row)))),
      ),
    ),
  );

/** `rows` as one tile each: [label, value]. */
export const tiles = (rows) =>
  element('div', { class: 'tiles' }, ...rows.filter(Boolean).map(([label, value]) => tile(label, value)));

/** A value in its interval on a shared scale; `label` says the same in words. */
export const intervalBar = ({ low, value, high, from, to, label }) => {
  const place = (x) => `${(100 * (Math.min(Math.max(x, from), to) - from)) / (to - from || 1)}%`;
  const bar = element('i', { class: 'bar' });
  bar.style.left = place(low);
  bar.style.right = `calc(100% - ${place(high)})`;
  const dot = element('i', { class: 'dot' });
  dot.style.left = place(value);
  const zero = from < 0 && to > 0 ? element('i', { class: 'zero' }) : null;
  if (zero) zero.style.left = place(0);
  return element(
    'span',
    { class: 'interval', role: 'img', 'aria-label': label, title: label },
    zero,
    bar,
    dot,
  );
};

/** Longer than the second click of a double click takes to come. */
const SECOND_CLICK_MS = 600;

/** Not `randomUUID`, which pages have over https and on loopback only. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a form asks for: all that stands in its fields, and the button that was pressed. */
const askedBy = (form, { target }) =>
  JSON.stringify([...[...(form.elements ?? [])].map(({ value }) => value), target.value]);

/**
 * Runs `work(event, headers)` when a form is submitted or a button pressed; shows in `note` what the server says of a
 * refusal. Nothing more is sent while something is, nor by the second click of a double click. `headers` names what is
 * asked for by one key until that is done or something else is asked: again after a lost answer, it is paid once.
 */
export const onSubmit = (note, work) => {
  let isSending = false;
  let [asked, key] = [null, null];
  return async (event) => {
    event.preventDefault();
    const form = event.currentTarget.form ?? event.currentTarget;
    if (isSending || !form.reportValidity()) return;
    const unlock = () => {
      isSending = false;
      form.removeAttribute('aria-busy');
    };
    isSending = true;
    form.setAttribute('aria-busy', 'true');
    note.textContent = '';
    const now = askedBy(form, event);
    if (now !== asked) [asked, key] = [now, newKey()];
    try {
      await work(event, { 'idempotency-key': key });
      asked = null;
      setTimeout(unlock, SECOND_CLICK_MS);
    } catch (error) {
      note.textContent = error.message;
      unlock();
    }
  };
};

/** Shows `nodes` in `place` if they say something else than what stands there. @returns whether they do */
export const renew = (place, ...nodes) => {
  const shown = element('div', {}, ...nodes);
  if (shown.textContent === place.textContent) return false;
  place.replaceChildren(...shown.childNodes);
  return true;
};

/** Where forms say what became of them. */
export const formNote = () => element('p', { class: 'soft', role: 'status' });

export const option = (value, text = value, selected = false) => element('option', { value, selected }, text);
