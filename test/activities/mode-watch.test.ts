// The watch over a provider whose list of models answers while its completions fail: checks are believed only where
// nobody calls any more, or has for long.
import type { Dependencies } from '../../activities/dependencies';
import { createModeWatch, type ModeLook } from '../../activities/modes';
import type { ModeRow } from '../../db/mode-store';
import { type BreakerEvent, CLOSED_BREAKER, transition } from '../../domain/outage/breaker';

const T0 = Date.parse('2026-03-02T12:00:00.000Z');
const at = (seconds: number): string => new Date(T0 + 1000 * seconds).toISOString();
const MINUTE = 60;

/** Three models each at providers `a` and `b`; the checks of both go well throughout. */
const desk = (names: readonly string[]) => {
  let seconds = 0;
  let pending: ModeLook['pending'] = null;
  const breakers = new Map(names.map((name) => [name, CLOSED_BREAKER]));
  const entered: ModeRow[] = [];
  const raised: string[] = [];
  const models = names.flatMap((provider) =>
    [1, 2, 3].map((index) => ({
      ...{
        id: `${provider}${index}`,
        provider,
        statistical: false,
        keyName: null,
        enabled: true,
        quality: 1,
      },
      ...{ priceInput: 1, priceOutput: 1, missingSince: null, status: 'active' },
    })),
  );
  const stores = {
    worlds: { now: async () => at(seconds) },
    registry: { list: async () => models },
    breakers: {
      list: async () =>
        names.map((provider) => ({ provider, model: `${provider}1`, state: breakers.get(provider)! })),
    },
    health: {
      list: async () =>
        names.map((provider) => ({ provider, model: '*', available: true, consecutiveFailures: 0 })),
    },
    settings: { list: async () => [] },
    alerts: {
      raise: async ({ episode }: { episode: string }) => raised.push(episode),
      resolve: async () => {},
    },
    modes: {
      byRule: async () => entered.at(-1) ?? null,
      enterByRule: async (entry: ModeRow) => {
        entered.push({ ...entry, id: entered.length + 1, enteredAt: at(seconds) });
        return entered.at(-1)!;
      },
    },
  };
  const providers = new Map(names.map((name) => [name, {}]));
  const dependencies = {
    ...{ stores, providers, db: {}, logger: { warn: () => {} }, options: { keysPresent: new Set() } },
  };
  const watch = createModeWatch(dependencies as unknown as Dependencies);
  const tell = (provider: string, event: BreakerEvent) => {
    const step = transition(breakers.get(provider)!, event, at(seconds));
    breakers.set(provider, step.state);
    return step.verdict;
  };
  return {
    raised,
    entered: () => entered.map(({ mode }) => mode),
    reasons: () => entered.map(({ reason }) => reason),
    ask: (provider: string, holder: string) => tell(provider, { type: 'ask', holder }),
    fail: (provider: string, holder: string, generation: number) =>
      tell(provider, { type: 'failed', holder, generation, kind: 'timed_out' }),
    close: (provider: string) => tell(provider, { type: 'force_close' }),
    look: async (afterSeconds: number): Promise<void> => {
      seconds = afterSeconds;
      pending = (await watch.refresh(pending)).pending;
    },
  };
};

it('stays degraded through an outage in which the list of models answers, announced once', async () => {
  const { ask, fail, look, entered, raised } = desk(['a', 'b']);
  let running: { ends: number; holder: string; generation: number }[] = [];
  for (let second = 0; second <= 180 * MINUTE; second += 15) {
    await look(second);
    for (const call of running.filter(({ ends }) => ends === second)) fail('a', call.holder, call.generation);
    running = running.filter(({ ends }) => ends > second);
    await look(second);
    if (second % (15 * MINUTE) > 0) continue;
    for (const holder of [`x${second}`, `y${second}`]) {
      const verdict = ask('a', holder);
      if (verdict.type === 'admitted')
        running.push({ ends: second + MINUTE, holder, generation: verdict.generation });
    }
  }
  expect(entered()).toEqual(['degraded']);
  expect(raised).toEqual(['mode:degraded']);
});

it('believes the check half an hour after the last call, when nobody has called since', async () => {
  const { ask, fail, look, entered } = desk(['a', 'b']);
  for (const holder of ['x', 'y']) {
    const verdict = ask('a', holder);
    await look(0);
    if (verdict.type === 'admitted') fail('a', holder, verdict.generation);
  }
  for (let second = 0; second <= 29 * MINUTE; second += 15) await look(second);
  expect(entered()).toEqual(['degraded']);
  for (let second = 29 * MINUTE; second <= 35 * MINUTE; second += 15) await look(second);
  expect(entered()).toEqual(['degraded', 'normal']);
});

it('believes the check where no provider works, once the window has passed and a minute of calm', async () => {
  const { ask, fail, look, entered } = desk(['a']);
  for (const holder of ['x', 'y']) {
    const verdict = ask('a', holder);
    await look(0);
    if (verdict.type === 'admitted') fail('a', holder, verdict.generation);
  }
  for (let second = 0; second <= 2 * MINUTE; second += 15) await look(second);
  expect(entered()).toEqual(['cached', 'normal']);
});

it('says of a mode on the way back that it is one', async () => {
  const { ask, fail, close, look, reasons } = desk(['a', 'b']);
  for (const name of ['a', 'b'])
    for (const holder of ['x', 'y']) {
      const verdict = ask(name, holder);
      if (verdict.type === 'admitted') fail(name, holder, verdict.generation);
    }
  await look(0);
  close('a');
  await look(1);
  close('b');
  for (const second of [61, 121]) await look(second);
  expect(reasons()).toEqual([
    'none of 2 providers answers: a, b',
    'on the way back to normal: all 2 providers answer',
    'all 2 providers answer',
  ]);
});
