// Keys: "g" and a letter opens a page, "g ?" lists them. Two keys in a row, so that no single letter acts by itself.
import { card, element } from './element.js';

/** Longest pause between the two keys. */
const PAUSE_MS = 1500;

const isTyping = (target) => target.closest('input, select, textarea, dialog') !== null;

const help = (pages) => {
  const dialog = element(
    'dialog',
    { 'aria-label': 'Keys' },
    card(
      'Keys',
      element(
        'dl',
        { class: 'keys' },
        ...pages.flatMap(([, title, key]) => [
          element('dt', {}, element('kbd', {}, 'g'), ' ', element('kbd', {}, key)),
          element('dd', {}, title),
        ]),
      ),
      element('form', { method: 'dialog' }, element('button', { autofocus: true }, 'Close')),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

/** `pages`: [name, title, key]. */
export const listenToKeys = (pages) => {
  let pressedAt = 0;
  addEventListener('keydown', (event) => {
    // Shift is pressed on the way to "?".
    if (event.key === 'Shift' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      return;
    const follows = event.timeStamp - pressedAt < PAUSE_MS;
    if (follows && event.key === '?') return help(pages);
    const page = follows && pages.find(([, , key]) => key === event.key);
    pressedAt = event.key === 'g' && !page ? event.timeStamp : 0;
    if (page) location.hash = `#/${page[0]}`;
  });
};
