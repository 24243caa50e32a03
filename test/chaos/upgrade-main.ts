// `npm run upgrade -- --from REVISION [--sessions K]`: replays the histories stored with an earlier version, then
// runs sessions while its workers give way to this version's. Exit code 0 when nothing failed, 1 when something
// did, 2 for wrong use.
import { parseArgs } from 'node:util';
import { runUpgrade } from './upgrade';

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, sessions: { type: 'string', default: '12' } },
  });
  const { from, sessions } = values;
  if (!from) throw new RangeError('--from is missing; accepted: a commit or tag of an earlier version');
  if (!/^\d+$/.test(sessions) || Number(sessions) < 6)
    throw new RangeError(`--sessions is "${sessions}"; accepted: a whole number of at least 6`);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const report = await runUpgrade({ from, sessions: Number(sessions), say });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length === 0 && Object.keys(report.replayFailures).length === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
