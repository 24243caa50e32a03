// Schedules run while the stack does, and one that nobody keeps ends with its last command: who makes or reads
// schedules is told so, and not left to find out by sessions that never come.
import { loadConfig } from '../config/load';
import { isKeptByOther } from './addresses';
import { note } from './output';

/** Says on standard error that nothing keeps this machine's stack, where nothing does. */
export const noteUnlessKept = async (): Promise<void> => {
  const config = loadConfig();
  if (config.temporal.address !== null || (await isKeptByOther(config))) return;
  note('Schedules run only while the stack does, and nothing keeps it now: leave `conclave up` running.');
};
