// Addresses are printed only where somebody answers at them: a stack that nobody keeps ends with the commands that
// use it, and what they would print leads nowhere.
import type { Config } from '../config/load';
import { type StackHandle, stackStatus } from '../stack/stack';

export const ENDS_WITH_COMMAND =
  'The dashboard and the Temporal UI end with this command; `npm start` or `conclave up` keeps them open.';

/** Whether another process keeps the stack, as `conclave up` does. */
export const isKeptByOther = async (config: Config): Promise<boolean> => {
  const heldBy = (await stackStatus(config))?.heldBy ?? null;
  return heldBy !== null && heldBy !== process.pid;
};

/** One line for each page that the stack serves. */
export const addressLines = ({
  apiUrl,
  temporal,
}: Pick<StackHandle, 'apiUrl' | 'temporal'>): readonly string[] => [
  ...(apiUrl ? [`Dashboard    ${apiUrl}`] : []),
  ...(temporal.uiUrl ? [`Temporal UI  ${temporal.uiUrl}`] : []),
];
