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

/** What an empty place says: what would stand here, and what to do for it. */
export const empty = (...children) => element('p', { class: 'empty' }, ...children);

export const code = (text) => element('code', {}, text);

/** Only http and https addresses become links. */
export const link = (href, text) =>
  /^(https?:\/\/|#)/.test(href ?? '')
    ? element('a', href.startsWith('#') ? { href } : { href, target: '_blank', rel: 'noreferrer' }, text)
    : element('span', {}, text);

/** `columns`: [title, row => text or node, class]; on narrow screens each row becomes a small list. */
export const table = (columns, rows) =>
  element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'stack' },
      element(
        'thead',
        {},
        element('tr', {}, ...columns.map(([title, , kind]) => element('th', { class: kind }, title))),
      ),
      element(
        'tbody',
        {},
        ...rows.map((row) =>
          element(
            'tr',
            {},
            ...columns.map(([title, value, kind]) =>
              element('td', { class: kind, 'data-label': title }, element('span', {}, value(row))),
            ),
          ),
        ),
      ),
    ),
  );
