// Finds the recorded data that may lie beside the repository; tests that need them skip where they are absent.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', 'shared');

/** Path of a shared file or folder such as `data/forecasts`, or null when it is not there. */
export const sharedData = (path: string): string | null => {
  const full = join(FOLDER, path);
  return existsSync(full) ? full : null;
};

/** `describe` that gets the shared path, and skips with its title where the data are absent. */
export const describeWithShared = (path: string, title: string, body: (full: string) => void): void => {
  const full = sharedData(path);
  if (full) describe(title, () => body(full));
  // Not the body: a skipped one is still run to collect its tests, and would read what is not there.
  else describe.skip(title, () => it(`needs ${path}`, () => undefined));
};
