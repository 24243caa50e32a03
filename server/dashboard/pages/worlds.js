// Live work, the made-up tape and replays are shown apart; the choice is kept for this tab.
import { get } from '../api.js';
import { element, option } from '../element.js';

const KEY = 'conclave-world';

export const currentWorld = () => sessionStorage.getItem(KEY) ?? 'live';

export const chooseWorld = (world) => sessionStorage.setItem(KEY, world);

/** Where nothing was chosen yet, the world of the newest session. */
export const suggestWorld = (world) => {
  if (world && !sessionStorage.getItem(KEY)) chooseWorld(world);
};

const nameOf = ({ world, clockAt }) => {
  if (world === 'synthetic') return 'synthetic (made-up tape)';
  return clockAt ? `${world}, as of ${clockAt.slice(0, 10)}` : world;
};

const allWorlds = async () => (await get('/api/v1/worlds')).worlds;

/** The UTC day it is in the world shown: in a replay the one that it has come to. */
export const worldDay = async () => {
  const shown = (await allWorlds()).find(({ world }) => world === currentWorld());
  return (shown?.clockAt ?? new Date().toISOString()).slice(0, 10);
};

/** A small choice beside a page's title. */
export const worldChoice = async (again) => {
  const worlds = await allWorlds();
  const current = currentWorld();
  const known = new Map(
    [{ world: 'live' }, { world: 'synthetic' }, { world: current }].map((one) => [one.world, one]),
  );
  for (const one of worlds) known.set(one.world, one);
  const select = element(
    'select',
    { id: 'world' },
    ...[...known.values()].map((one) => option(one.world, nameOf(one), one.world === current)),
  );
  select.addEventListener('change', () => {
    chooseWorld(select.value);
    again();
  });
  return element('label', {}, 'World', select);
};
