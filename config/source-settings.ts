// Where facts come from besides the public defaults: feeds, who asks, and a file of daily prices behind Yahoo.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigProblem } from './config-error';
import type { Picker } from './picker';
import { expandHome } from './places';
import { type ConfigFile, feedAddresses } from './schema';

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

/** One that is not there would leave its prices out without a word. */
const pricesFileProblems = (path: string | null, where: string): readonly ConfigProblem[] =>
  path === null || statSync(path, { throwIfNoEntry: false })?.isFile()
    ? []
    : [
        {
          where,
          setting: where.endsWith(PRICES_FILE) ? '' : 'sources.pricesFile',
          message: `names ${path}, where no file is`,
        },
      ];

/** Picks them; what is wrong goes to the picker's problems. */
export const sourceSettings = (
  { pick, origins, problems }: Picker,
  { newsFeeds, secUserAgent, pricesFile }: ConfigFile['sources'],
  { env, cwd, base }: Places,
): SourceConfig => {
  const fromFile = pricesFile && resolve(base, expandHome(pricesFile, env));
  const text = pick<string | null>('sources.pricesFile', PRICES_FILE, fromFile, null);
  const path = text && resolve(cwd, expandHome(text, env));
  problems.push(...pricesFileProblems(path, origins['sources.pricesFile'] ?? ''));
  return {
    newsFeeds: pick<readonly string[] | null>(
      'sources.newsFeeds',
      'CONCLAVE_NEWS_FEEDS',
      newsFeeds,
      null,
      feedAddresses,
    ),
    secUserAgent: pick<string | null>('sources.secUserAgent', 'CONCLAVE_SEC_USER_AGENT', secUserAgent, null),
    pricesFile: path,
  };
};

/** For processes that begin elsewhere: the variable as an absolute path. */
export const pricesFileEnvironment = ({ pricesFile }: SourceConfig): NodeJS.ProcessEnv =>
  pricesFile === null ? {} : { [PRICES_FILE]: pricesFile };
