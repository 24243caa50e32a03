// Runs a command in this process, as a program does with --json: its one document and its exit code.
import { main } from '../../cli/main';

export interface TypedResult {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read documents of any form.
  readonly json: any;
}

/** Types `conclave ARGS --json`; `--json` goes before a `--` that ends the options. */
export const typeCommand = async (args: readonly string[]): Promise<TypedResult> => {
  const before = process.exitCode;
  let text = '';
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  const dashes = args.indexOf('--');
  const whole =
    dashes < 0 ? [...args, '--json'] : [...args.slice(0, dashes), '--json', ...args.slice(dashes)];
  try {
    const code = await main(['node', 'conclave', ...whole]);
    return { code, json: JSON.parse(text) };
  } finally {
    out.mockRestore();
    process.exitCode = before;
  }
};
