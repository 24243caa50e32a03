// What models and analysts gave as their reasons, in their words: text, never markup.
import { element } from '../element.js';

/** `voices`: [name, reasons]; those without reasons are left out. Null where nobody gave any. */
export const whatWasSaid = (voices) => {
  const spoken = voices.filter(([, reasons]) => reasons?.length > 0);
  if (spoken.length === 0) return null;
  return element(
    'div',
    {},
    ...spoken.flatMap(([name, reasons]) => [
      element('h3', {}, name),
      element('ul', { class: 'why' }, ...reasons.map((reason) => element('li', {}, reason))),
    ]),
  );
};
