// Runs the test provider server as a process of its own:
//   node dist/test/support/provider-server/main.js --port 0 --log FILE --delay-ms N [--seed N] [--behaviour FILE]
// Prints one JSON line { url, port } when it listens; ends on SIGTERM or SIGINT.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Behaviour } from './faults';
import { startProviderServer } from './provider-server';

const wholeNumber = (name: string, text: string): number => {
  if (!/^\d+$/.test(text))
    throw new RangeError(`--${name} is "${text}"; accepted: a whole number of at least 0`);
  return Number(text);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      log: { type: 'string' },
      'delay-ms': { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      behaviour: { type: 'string' },
    },
  });
  const file =
    values.behaviour === undefined
      ? {}
      : (JSON.parse(readFileSync(values.behaviour, 'utf8')) as Partial<Behaviour>);
  const server = await startProviderServer({
    port: wholeNumber('port', values.port),
    logFile: values.log ?? null,
    behaviour: {
      ...file,
      delayMs: wholeNumber('delay-ms', values['delay-ms']),
      seed: wholeNumber('seed', values.seed),
    },
  });
  process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port })}\n`);
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 2;
});
