// The configured file of prices, read whole before a stack is started with it: a fault is told with line and column
// to who starts it, not to a log when prices are missing.
import { ConfigError } from '../config/config-error';
import type { Config } from '../config/load';
import { SourceFailure } from '../sources/port';
import { loadPriceFile } from '../sources/price-file';

const SETTING = 'sources.pricesFile';

/** @throws ConfigError for a file that cannot be read or is malformed. */
export const checkPricesFile = async ({
  sources,
  origins,
}: Pick<Config, 'sources' | 'origins'>): Promise<void> => {
  if (sources.pricesFile === null) return;
  try {
    await loadPriceFile(sources.pricesFile);
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    throw new ConfigError([{ where: origins[SETTING] ?? SETTING, setting: SETTING, message: error.message }]);
  }
};
