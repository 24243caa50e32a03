// Live work and the made-up tape are shown apart; the choice is kept for this tab.
import { element } from '../element.js';

const KEY = 'conclave-world';

export const currentWorld = () => sessionStorage.getItem(KEY) ?? 'live';
/** Where nothing was chosen yet, the world of the newest session. */
export const suggestWorld = (world) => {
  if (world && !sessionStorage.getItem(KEY)) chooseWorld(world);
};

export const chooseWorld = (world) => sessionStorage.setItem(KEY, world);

/** A small choice beside a page's title. */
export const worldChoice = (again) => {
  const select = element('select', {
    'aria-label': 'World',
    onchange: () => {
      chooseWorld(select.value);
      again();
    },
  });
  const world = currentWorld();
  const worlds = ['live', 'synthetic', ...(['live', 'synthetic'].includes(world) ? [] : [world])];
  for (const one of worlds)
    select.append(
      element(
        'option',
        { value: one, selected: one === world },
        one === 'synthetic' ? 'synthetic (made-up tape)' : one,
      ),
    );
  return element('label', {}, 'World', select);
};
