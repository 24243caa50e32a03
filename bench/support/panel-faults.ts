// What failing calls and a killed worker cost a panel.
import type { ConclaveClient } from '../../client/connect';
import type { Config } from '../../config/load';
import { stackStatus } from '../../stack/stack';
import type { CallRecord } from '../../test/support/provider-server/call-log';
import type { ProviderServer } from '../../test/support/provider-server/provider-server';
import { answeredIn, CALL_MS, CALLS, runPanel, startPanelCalled, until } from './panel-runs';
import { millisecondsOf } from './quantiles';

/** Of one answer, whichever sending. */
const answerKeyOf = ({ callKey }: CallRecord): string => callKey.replace(/#\d+$/, '');

/** Kills the worker once half of the calls are answered, the others taking long; how long until one is sent anew. */
export const killedAtHalf = async (client: ConclaveClient, server: ProviderServer, config: Config) => {
  server.clear();
  server.set({
    delayMs: 0,
    mix: [{ fault: 'slow_headers', share: 0.5, settings: { everyMs: 4 * CALL_MS } }],
  });
  const panel = await startPanelCalled(client, 'killed');
  await until(() => server.calls().length === CALLS);
  const answeredCalls = () => server.calls().filter(({ outcome }) => outcome === 'answered');
  await until(async () => (await panel.progress()).done === answeredCalls().length);
  const before = new Set(answeredCalls().map(answerKeyOf));
  const worker = (await stackStatus(config))?.parts.find(({ name }) => name.startsWith('worker'));
  server.set({ delayMs: CALL_MS, mix: [] });
  process.kill(worker!.pid!, 'SIGKILL');
  const resumeMs = await millisecondsOf(() => until(() => server.calls().length > CALLS));
  const answered = answeredIn(await panel.result());
  const repeated = server
    .calls()
    .slice(CALLS)
    .filter((call) => before.has(answerKeyOf(call)));
  return { resumeMs, answeredAfterKill: answered, repeatedAnsweredCalls: repeated.length };
};

/** A tenth of the calls fails at once with a 500; what that costs beyond a panel without failures. */
export const tenthFailing = async (
  {
    client,
    server,
    rounds,
  }: { readonly client: ConclaveClient; readonly server: ProviderServer; readonly rounds: number },
  aloneMs: number,
) => {
  const panels: Awaited<ReturnType<typeof runPanel>>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    server.set({
      ...{ delayMs: 0, seed: 1 + round },
      mix: [
        { fault: 'server_error', share: 0.1 },
        { fault: 'slow_headers', share: 0.9, settings: { everyMs: CALL_MS } },
      ],
    });
    panels.push(await runPanel(client, `failing-${round}`));
  }
  server.set({ delayMs: CALL_MS, mix: [] });
  return {
    tenthFailingExtraMs: Math.max(...panels.map(({ wallMs }) => wallMs)) - aloneMs,
    tenthFailingLeastAnswered: Math.min(...panels.map(({ answered }) => answered)),
  };
};
