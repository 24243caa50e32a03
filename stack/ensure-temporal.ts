// Program: makes sure that a Temporal CLI is there and prints its path. Used before the tests run, so that a
// build of minutes does not happen inside one.
import { loadConfig } from '../config/load';
import { homePaths } from './home';
import { describeError, StackError } from './stack-error';
import { temporalBinary } from './temporal-binary';

const main = async (): Promise<void> => {
  const config = loadConfig();
  const { bin } = homePaths(config.home);
  const onProgress = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const { path } = await temporalBinary({
    configured: config.temporal.cli,
    homeBin: bin,
    madeBy: null,
    env: process.env,
    onProgress,
  });
  process.stdout.write(`${path}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)} ${error instanceof StackError ? error.fix : ''}\n`);
  process.exit(1);
});
