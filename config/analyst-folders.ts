// Where users keep analysts of their own.
import { join, resolve } from 'node:path';

/** The data folder's, then the configured one. */
export const analystFolders = (home: string, given?: string): readonly string[] => {
  const configured = given ?? process.env.CONCLAVE_ANALYSTS?.trim();
  return [join(home, 'analysts'), ...(configured ? [resolve(configured)] : [])];
};
