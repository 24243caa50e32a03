// The exchange in whose zone a subject's times are read.
import { marketOf } from './inputs';

/** Null for a stored subject whose exchange this version does not know: its times are shown in the reader's zone. */
export const shownMarket = (subject: string): string | null => {
  try {
    return marketOf([subject]);
  } catch {
    return null;
  }
};
