// Names the folder of a run's shared stack before its first test file; the stack itself starts when one asks.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const setup = (): void => {
  process.env.CONCLAVE_TEST_RUN_HOME ??= mkdtempSync(join(tmpdir(), 'conclave-run-'));
};

export default setup;
