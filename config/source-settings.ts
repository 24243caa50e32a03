// Where facts come from besides the public defaults: feeds, who asks, and a file of daily prices behind Yahoo.
import { resolve } from 'node:path';
import type { Picker } from './picker';
import { expandHome } from './places';
import { asker, type ConfigFile, feedAddresses } from './schema';

/** Where facts come from; null: the public defaults. */
export interface SourceConfig {
  readonly newsFeeds: readonly string[] | null;
  readonly secUserAgent: string | null;
  /** Absolute path of a file of daily prices; null: none. */
  readonly pricesFile: string | null;
}

interface Places {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Folder that paths of the file begin in. */
  readonly base: string;
}

const PRICES_FILE = 'CONCLAVE_PRICES_FILE';

/**
 * Picks them; what is wrong goes to the picker's problems. The file of prices is not looked for: it stands behind
 * Yahoo, and what runs outlasts its absence. Who starts a stack is told (stack/prices-file-check.ts).
 */
export const sourceSettings = (
  { pick }: Picker,
  { newsFeeds, secUserAgent, pricesFile }: ConfigFile['sources'],
  { env, cwd, base }: Places,
): SourceConfig => {
  const fromFile = pricesFile && resolve(base, expandHome(pricesFile, env));
  const text = pick<string | null>('sources.pricesFile', PRICES_FILE, fromFile, null);
  const path = text && resolve(cwd, expandHome(text, env));
  return {
    newsFeeds: pick<readonly string[] | null>(
      'sources.newsFeeds',
      'CONCLAVE_NEWS_FEEDS',
      newsFeeds,
      null,
      feedAddresses,
    ),
    secUserAgent: pick<string | null>(
      'sources.secUserAgent',
      'CONCLAVE_SEC_USER_AGENT',
      secUserAgent,
      null,
      asker,
    ),
    pricesFile: path,
  };
};

/** For processes that begin elsewhere: the variable as an absolute path. */
export const pricesFileEnvironment = ({ pricesFile }: SourceConfig): NodeJS.ProcessEnv =>
  pricesFile === null ? {} : { [PRICES_FILE]: pricesFile };
