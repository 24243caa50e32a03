// One worker process before the gate: `gate-worker DATABASE_URL PROVIDER_URL`. Prints `ready`, then asks to call the
// model under each key that comes as a line, and prints `KEY OUTCOME`: `answered`, or the kind of the failure.
import { createInterface } from 'node:readline';
import { callInput, createCallHarness } from './call-harness';

const main = async ([url, baseUrl]: readonly string[]): Promise<void> => {
  const openai = {
    name: 'openai',
    kind: 'openai-compatible',
    baseUrl: baseUrl!,
    readKey: () => 'sk-x',
  } as const;
  const harness = await createCallHarness(url!, [openai], 5);
  process.stdout.write('ready\n');
  const asked: Promise<void>[] = [];
  for await (const key of createInterface({ input: process.stdin }))
    asked.push(
      harness.call(callInput(key, { deadlineMs: 60_000 })).then(({ result, failure }) => {
        process.stdout.write(`${key} ${result ? 'answered' : failure?.kind}\n`);
      }),
    );
  await Promise.all(asked);
  await harness.close();
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
