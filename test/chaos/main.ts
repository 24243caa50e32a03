// `npm run chaos -- --seed N --sessions K --faults worker,postgres,temporal,provider [--kills C] [--minutes M] [--hedge MS] [--keep] --json`
// `npm run chaos -- --flaky DECISIONS --seed N --json`: one of three providers fails in two calls of five.
// Prints one JSON document; exit code 0 without violations, 1 with some, 2 for wrong use or a void run.
import { parseArgs } from 'node:util';
import { FAULT_TARGETS, type FaultTarget } from './faults';
import { runFlakyProvider } from './flaky-provider';
import { runChaos } from './run-chaos';

const whole = (name: string, text: string, least: number): number => {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
  throw new RangeError(`--${name} is "${text}"; accepted: a whole number of at least ${least}`);
};

const targets = (text: string): readonly FaultTarget[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none')
    .map((name) => {
      const found = FAULT_TARGETS.find((target) => target === name);
      if (found) return found;
      throw new RangeError(`--faults "${name}" is unknown; accepted: ${FAULT_TARGETS.join(', ')}, or none`);
    });

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      sessions: { type: 'string', default: '10' },
      kills: { type: 'string' },
      faults: { type: 'string', default: FAULT_TARGETS.join(',') },
      minutes: { type: 'string', default: '10' },
      hedge: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      flaky: { type: 'string' },
    },
  });
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const seed = whole('seed', values.seed, 0);
  const print = (report: object) =>
    void process.stdout.write(`${JSON.stringify(report, null, values.json ? 2 : 0)}\n`);
  if (values.flaky !== undefined) {
    // Its clock of rules runs faster than time, which only tests may ask for.
    process.env.NODE_ENV = 'test';
    const flaky = await runFlakyProvider({ decisions: whole('flaky', values.flaky, 1), seed, say });
    print(flaky);
    return flaky.violations.length === 0 ? 0 : 1;
  }
  const report = await runChaos({
    seed,
    sessions: whole('sessions', values.sessions, 1),
    faults: targets(values.faults),
    kills: values.kills === undefined ? null : whole('kills', values.kills, 1),
    minutes: whole('minutes', values.minutes, 1),
    hedgeAfterMs: values.hedge === undefined ? null : whole('hedge', values.hedge, 100),
    keep: values.keep,
    say,
  });
  print(report);
  if (report.void) return 2;
  return report.violations.length === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
