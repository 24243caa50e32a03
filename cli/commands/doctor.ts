// `conclave doctor`: checks every part and says how to mend what is wrong.
import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load';
import { type Check, type Diagnosis, diagnose } from '../../stack/diagnosis';
import { describeFailure, EXIT, printJson, printText, runAction } from '../output';

interface DoctorOptions {
  readonly json?: boolean;
}

const verdict = ({ ok, fix }: Check): string => (!ok ? 'FAIL' : fix === null ? 'ok  ' : 'warn');

const line = (check: Check): string => {
  const { name, detail, fix } = check;
  return `${verdict(check)}  ${name.padEnd(20)} ${detail}${fix === null ? '' : `\n      ${' '.repeat(20)} -> ${fix}`}`;
};

/** A configuration that cannot be read is a finding, not a crash. */
const brokenConfig = (error: unknown): Diagnosis => {
  const { message, fix } = describeFailure(error).document.error;
  return {
    ok: false,
    checks: [{ name: 'config', ok: false, detail: message, fix }],
    temporal: { address: null, namespace: 'default', ui: null },
    postgres: { urlFile: '' },
    home: process.env.CONCLAVE_HOME ?? '',
  };
};

const examine = async (): Promise<Diagnosis> => {
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    return brokenConfig(error);
  }
  return diagnose(config);
};

const doctor = async (options: DoctorOptions): Promise<number> => {
  const diagnosis = await examine();
  if (options.json) printJson(diagnosis);
  else {
    for (const check of diagnosis.checks) printText(line(check));
    if (diagnosis.temporal.ui) printText(`\nTemporal UI: ${diagnosis.temporal.ui}`);
  }
  return diagnosis.ok ? EXIT.ok : EXIT.failed;
};

export const registerDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('check every part and say how to mend what is wrong')
    .option('--json', 'print the findings as one JSON document')
    .addHelpText('after', '\nExamples:\n  $ conclave doctor\n  $ conclave doctor --json | jq .temporal')
    .action(runAction(doctor));
};
