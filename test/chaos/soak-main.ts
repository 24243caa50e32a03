// `npm run soak -- --minutes N [--every SECONDS] [--symbols K] [--json]`
// Prints one JSON document; exit code 0 without violations, 1 with some, 2 for wrong use.
import { parseArgs } from 'node:util';
import { runSoak } from './soak';

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} is "${text}"; accepted: a number above 0`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      every: { type: 'string', default: '60' },
      symbols: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const report = await runSoak({
    minutes: positive('minutes', values.minutes),
    everySeconds: positive('every', values.every),
    symbols: Math.ceil(positive('symbols', values.symbols)),
    say: (text) => void process.stderr.write(`${text}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
