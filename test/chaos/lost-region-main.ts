// `npm run lost-region [-- --sessions N --symbols K --workers W --round-trip MS]`: loses a region under load and
// judges what the second one made of it. Exit code 0 when nothing was lost or violated, 1 when something was, 2 for
// wrong use.
import { parseArgs } from 'node:util';
import { temporalServerFolder } from '../../bench/support/temporal-server';
import { runLostRegion } from './lost-region';

const wholeNumber = (name: string, text: string, least = 1): number => {
  if (/^\d{1,4}$/.test(text) && Number(text) >= least) return Number(text);
  throw new RangeError(`--${name} is "${text}"; accepted: a whole number from ${least} to 9999`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      sessions: { type: 'string', default: '8' },
      symbols: { type: 'string', default: '6' },
      workers: { type: 'string', default: '2' },
      'round-trip': { type: 'string', default: '0' },
    },
  });
  const counts = {
    sessions: wholeNumber('sessions', values.sessions),
    symbols: wholeNumber('symbols', values.symbols),
    workers: wholeNumber('workers', values.workers),
    roundTripMs: wholeNumber('round-trip', values['round-trip'], 0),
  };
  const programs = temporalServerFolder();
  if (programs === null)
    throw new Error('CONCLAVE_BENCH_TEMPORAL_SERVER is not set; see bench/support/temporal-server.ts');
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const report = await runLostRegion({ ...counts, programs, say });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const { violations, lostAnswers, begunAnew } = report;
  return violations.length === 0 && lostAnswers === 0 && begunAnew === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
