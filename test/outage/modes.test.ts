import fc from 'fast-check';
import {
  consensusThresholdIn,
  healthFromBreakers,
  MODE_LEAVE_MS,
  MODE_POLICIES,
  MODES,
  type Mode,
  type ModeWatch,
  modeFor,
  nextMode,
  type ProviderStanding,
} from '../../domain/outage/modes';

const iso = (ms: number): string => new Date(Date.parse('2026-03-02T00:00:00.000Z') + ms).toISOString();

const provider = (name: string, change: Partial<ProviderStanding> = {}): ProviderStanding => ({
  provider: name,
  languageModels: true,
  configured: true,
  health: 'up',
  members: 1,
  ...change,
});

const rule = (providers: readonly ProviderStanding[], quorum = 3) =>
  modeFor({ providers, quorum, override: null });

describe('mode rule', () => {
  test('with no language-model provider configured the mode is normal, also when house is out', () => {
    const house = provider('house', { languageModels: false, health: 'out' });
    expect(rule([house, provider('openai', { configured: false, health: 'out' })]).mode).toBe('normal');
  });

  test('all configured providers up is normal', () => {
    expect(rule([provider('a'), provider('b')]).mode).toBe('normal');
  });

  test('some out with quorum reachable is degraded and names who is out', () => {
    const verdict = rule([provider('a', { health: 'out' }), provider('b', { members: 3 })]);
    expect(verdict).toMatchObject({ mode: 'degraded', outProviders: ['a'] });
    expect(verdict.reason).toContain('a');
  });

  test('some out with quorum out of reach is conservative', () => {
    expect(rule([provider('a', { health: 'out' }), provider('b', { members: 2 })]).mode).toBe('conservative');
  });

  test('house members never help to reach quorum', () => {
    const house = provider('house', { languageModels: false, members: 8 });
    expect(rule([house, provider('a', { health: 'out' }), provider('b')]).mode).toBe('conservative');
  });

  test('none answering is cached', () => {
    expect(rule([provider('a', { health: 'out' }), provider('b', { health: 'out' })]).mode).toBe('cached');
  });

  test('each says why in words, with those who are out in order', () => {
    const down = (name: string) => provider(name, { health: 'out' });
    expect(rule([]).reason).toBe('no language-model provider is configured');
    expect(rule([provider('a'), provider('b')]).reason).toBe('all 2 providers answer');
    expect(rule([down('b'), down('a')]).reason).toBe('none of 2 providers answers: a, b');
    expect(rule([down('b'), down('a'), provider('c')]).reason).toBe(
      'out: a, b; only 1 members remain of 3 needed',
    );
  });

  test('a degraded provider still counts as working', () => {
    expect(rule([provider('a', { health: 'degraded' })]).mode).toBe('normal');
  });

  test('an override wins over the rule and carries who and why', () => {
    const override = { mode: 'halted' as const, reason: 'fat finger', by: 'ada', since: iso(0) };
    const verdict = modeFor({ providers: [provider('a')], quorum: 1, override });
    expect(verdict).toMatchObject({ mode: 'halted', reason: 'set by ada: fat finger' });
  });

  test('losing a provider never leads to a milder mode', () => {
    const standing = fc.record({
      health: fc.constantFrom('up' as const, 'degraded' as const, 'out' as const),
      members: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(standing, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 6 }),
        (list, index, quorum) => {
          const providers = list.map((one, at) => provider(`p${at}`, one));
          const worse = providers.map((one, at) =>
            at === index % providers.length ? { ...one, health: 'out' as const } : one,
          );
          const severity = (mode: Mode) => MODES.indexOf(mode);
          expect(severity(rule(worse, quorum).mode)).toBeGreaterThanOrEqual(
            severity(rule(providers, quorum).mode),
          );
        },
      ),
    );
  });
});

describe('mode policies', () => {
  const table = [
    // mode, calls, cached only, new position up to, consensus slack, edge, variance
    ['normal', true, false, null, 1, 1, 1],
    ['degraded', true, false, null, 1, 1.25, 1.5],
    ['conservative', true, false, 10_000_000, 0.5, 2, 2],
    ['cached', false, true, 10_000_000, 0.5, 2, 2],
    ['halted', false, false, 0, 1, 1, 1],
  ] as const;

  test.each(table)('%s has its stated policy', (mode, calls, cachedOnly, position, slack, edge, variance) => {
    expect(MODE_POLICIES[mode]).toEqual({
      mayCallProviders: calls,
      cachedOnly,
      maxNewPositionMicroUsd: position,
      consensusSlack: slack,
      edgeFactor: edge,
      varianceFactor: variance,
    });
  });

  test('a mode is left after sixty seconds of calm', () => {
    expect(MODE_LEAVE_MS).toBe(60_000);
  });

  test('conservative halves the distance of the consensus threshold to unanimity', () => {
    expect(consensusThresholdIn('conservative', 0.8)).toBeCloseTo(0.9, 12);
    expect(consensusThresholdIn('normal', 0.8)).toBeCloseTo(0.8, 12);
  });
});

describe('health from breakers', () => {
  test.each([
    [['closed', 'closed'], true, 'up'],
    [[], true, 'up'],
    [['closed', 'open'], true, 'degraded'],
    [['half_open', 'open'], true, 'out'],
    [['closed'], false, 'out'],
  ] as const)('%j with reachable=%s is %s', (statuses, reachable, health) => {
    expect(healthFromBreakers(statuses, reachable)).toBe(health);
  });

  test('a provider counts as reachable unless told otherwise', () => {
    expect(healthFromBreakers(['closed'])).toBe('up');
    expect(healthFromBreakers(['open'])).toBe('out');
  });
});

const watchAt = (mode: Mode): ModeWatch => ({ mode, since: iso(0), pending: null });
const ruled = (mode: Mode) => ({ mode, reason: 'test', outProviders: [] });

describe('mode watch', () => {
  test('a harsher mode is entered at once', () => {
    expect(nextMode(watchAt('normal'), ruled('cached'), iso(5))).toEqual({
      watch: { mode: 'cached', since: iso(5), pending: null },
      announce: true,
    });
  });

  test('a milder mode is entered only after the rule held for a minute', () => {
    const first = nextMode(watchAt('cached'), ruled('normal'), iso(0));
    expect(first).toMatchObject({ watch: { mode: 'cached' }, announce: false });
    const early = nextMode(first.watch, ruled('normal'), iso(MODE_LEAVE_MS - 1));
    expect(early.announce).toBe(false);
    expect(nextMode(early.watch, ruled('normal'), iso(MODE_LEAVE_MS))).toMatchObject({
      watch: { mode: 'normal' },
      announce: true,
    });
  });

  test('a relapse starts the minute anew', () => {
    const first = nextMode(watchAt('degraded'), ruled('normal'), iso(0));
    const relapse = nextMode(first.watch, ruled('degraded'), iso(30_000));
    expect(relapse.watch.pending).toBeNull();
    const again = nextMode(relapse.watch, ruled('normal'), iso(40_000));
    expect(nextMode(again.watch, ruled('normal'), iso(70_000)).announce).toBe(false);
  });

  test('after a minute the harshest mode proposed meanwhile is entered, and a wait begins for what is milder', () => {
    const entered: string[] = [];
    let watch = watchAt('cached');
    for (const [seconds, mode] of [
      [0, 'conservative'],
      [20, 'conservative'],
      [40, 'conservative'],
      [59, 'degraded'],
      [60, 'normal'],
      [65, 'degraded'],
      [119, 'normal'],
      [120, 'normal'],
      [179, 'normal'],
      [180, 'normal'],
    ] as const) {
      const step = nextMode(watch, ruled(mode), iso(1000 * seconds));
      watch = step.watch;
      if (step.announce) entered.push(`${seconds} ${watch.mode}`);
    }
    expect(entered).toEqual(['60 conservative', '120 degraded', '180 normal']);
  });

  test('a wait that was begun under another mode counts for nothing', () => {
    const watch: ModeWatch = { ...watchAt('degraded'), pending: { mode: 'conservative', since: iso(0) } };
    expect(nextMode(watch, ruled('normal'), iso(MODE_LEAVE_MS))).toEqual({
      watch: { ...watch, pending: { mode: 'normal', since: iso(MODE_LEAVE_MS) } },
      announce: false,
    });
  });

  test('lifting a halt is immediate', () => {
    expect(nextMode(watchAt('halted'), ruled('normal'), iso(1)).announce).toBe(true);
  });
});

interface Model {
  now: number;
  mode: Mode;
  /** Looks since the last one that did not propose a milder mode, or since the mode was entered. */
  calm: { at: number; mode: Mode }[];
}
interface Real {
  watch: ModeWatch;
}

class Look implements fc.Command<Model, Real> {
  constructor(
    readonly afterMs: number,
    readonly proposed: Mode,
    readonly override: boolean,
  ) {}
  check = () => true;
  run(model: Model, real: Real) {
    model.now += this.afterMs;
    const before = model.mode;
    const harsher = MODES.indexOf(this.proposed) > MODES.indexOf(before);
    if (this.proposed === before) model.calm = [];
    else if (harsher || this.override || before === 'halted') {
      model.mode = this.proposed;
      model.calm = [];
    } else {
      model.calm.push({ at: model.now, mode: this.proposed });
      if (model.now - model.calm[0]!.at >= MODE_LEAVE_MS) this.#leave(model);
    }
    const step = nextMode(real.watch, ruled(this.proposed), iso(model.now), { override: this.override });
    real.watch = step.watch;
    expect(step.watch.mode).toBe(model.mode);
    expect(step.announce).toBe(before !== model.mode);
  }
  #leave(model: Model) {
    const proposed = new Set(model.calm.map(({ mode }) => mode));
    model.mode = MODES.findLast((mode) => proposed.has(mode))!;
    model.calm = model.mode === this.proposed ? [] : [{ at: model.now, mode: this.proposed }];
  }
  toString = () => `look(+${this.afterMs}, ${this.proposed}${this.override ? ', override' : ''})`;
}

test('the watch follows the plain model under any sequence of looks', () => {
  const look = fc
    .tuple(
      fc.integer({ min: 0, max: 45_000 }),
      fc.constantFrom(...MODES),
      fc.boolean().map((value) => value),
    )
    .map(([ms, mode, override]) => new Look(ms, mode, override && ms % 3 === 0));
  fc.assert(
    fc.property(fc.commands([look], { maxCommands: 60, size: 'max' }), (sequence) =>
      fc.modelRun(
        () => ({
          model: { now: 0, mode: 'normal' as Mode, calm: [] },
          real: { watch: watchAt('normal') },
        }),
        sequence,
      ),
    ),
    { numRuns: 150, seed: 11 },
  );
});
