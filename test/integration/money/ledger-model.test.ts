// The ledger and its caps on a real Postgres beside a plain model of them, under random sequences of events:
// every balance, answer and refusal must be what two lists and sums over them say.
import * as fc from 'fast-check';
import { type CapScope, createCapStore } from '../../../db/cap-store';
import { findViolations } from '../../../db/invariants';
import { createLedgerStore, type LedgerStatus, ledgerKey } from '../../../db/ledger-store';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aReservation } from '../db/rows';

jest.setTimeout(120_000);

/** In the order in which caps are asked. */
const SCOPES = ['month', 'decision', 'provider', 'model'] as const satisfies readonly CapScope[];
type Scope = (typeof SCOPES)[number];

interface Sending {
  readonly decisionId: string;
  readonly provider: string;
  readonly model: string;
  readonly amount: number;
  status: LedgerStatus;
  bill: number;
  /** Caps that were open when it was reserved; later ones never hold its money. */
  readonly caps: ReadonlySet<string>;
}

interface Cap {
  limit: number;
  overrun: number;
}

interface Model {
  readonly limits: Map<Scope, number>;
  readonly caps: Map<string, Cap>;
  readonly sendings: Map<string, Sending>;
}

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(4);
}, STACK_START_MS);
afterAll(() => test.drop());

const ledger = () => createLedgerStore(test.db);
const targetOf = (scope: Scope, sending: Pick<Sending, 'decisionId' | 'provider' | 'model'>): string =>
  ({
    month: '*',
    decision: sending.decisionId,
    provider: sending.provider,
    model: sending.model,
  })[scope];

const on = (model: Model, cap: string): readonly Sending[] =>
  [...model.sendings.values()].filter((sending) => sending.caps.has(cap));
const isHeld = ({ status }: Sending): boolean => status === 'reserved' || status === 'uncertain';
const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
const heldOn = (model: Model, cap: string): number =>
  total(
    on(model, cap)
      .filter(isHeld)
      .map(({ amount }) => amount),
  );
const spentOn = (model: Model, cap: string): number => total(on(model, cap).map(({ bill }) => bill));

/** Whether a refused call opens the caps behind the one that refused is nobody's business. */
const UNUSED = 'spent 0 held 0 overrun 0';

const agree = async (model: Model): Promise<void> => {
  const rows = await createCapStore(test.db).status();
  const real = rows.map(
    (row) =>
      `${row.scope}:${row.key} limit ${row.limitMicroUsd} spent ${row.spentMicroUsd} held ${row.heldMicroUsd} overrun ${row.overrunMicroUsd}`,
  );
  const expected = [...model.caps].map(
    ([cap, { limit, overrun }]) =>
      `${cap} limit ${limit} spent ${spentOn(model, cap)} held ${heldOn(model, cap)} overrun ${overrun}`,
  );
  const used = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(UNUSED)).sort();
  expect(used(real)).toEqual(used(expected));
};

type LedgerCommand = fc.AsyncCommand<Model, null>;

class Reserve implements LedgerCommand {
  constructor(
    readonly call: number,
    readonly amount: number,
    readonly decision: number,
    readonly provider: number,
  ) {}
  check = () => true;
  async run(model: Model) {
    const key = ledgerKey(`call-${this.call}`, 1);
    const about = {
      decisionId: `d${this.decision}`,
      provider: ['openai', 'deepseek'][this.provider]!,
      model: ['gpt-4o-mini', 'deepseek-chat'][this.provider]!,
    };
    const result = await ledger().reserve(
      aReservation({ callKey: `call-${this.call}`, amountMicroUsd: this.amount, ...about }),
    );
    const known = model.sendings.get(key);
    if (known) {
      expect(result).toEqual({ status: 'already', key, rowStatus: known.status });
      return;
    }
    const limited = SCOPES.filter((scope) => model.limits.has(scope));
    for (const scope of limited) {
      const cap = `${scope}:${targetOf(scope, about)}`;
      if (!model.caps.has(cap)) model.caps.set(cap, { limit: model.limits.get(scope)!, overrun: 0 });
    }
    const room = (scope: Scope): number => {
      const cap = `${scope}:${targetOf(scope, about)}`;
      return Math.max(0, model.caps.get(cap)!.limit - spentOn(model, cap) - heldOn(model, cap));
    };
    const refusing = limited.find((scope) => {
      const cap = `${scope}:${targetOf(scope, about)}`;
      return spentOn(model, cap) + heldOn(model, cap) + this.amount > model.caps.get(cap)!.limit;
    });
    if (refusing) {
      expect(result).toMatchObject({
        status: 'refused',
        cap: { scope: refusing, key: targetOf(refusing, about) },
        remainingMicroUsd: room(refusing),
      });
      return;
    }
    expect(result).toEqual({ status: 'reserved', key });
    model.sendings.set(key, {
      ...about,
      ...{ amount: this.amount, status: 'reserved', bill: 0 },
      caps: new Set(limited.map((scope) => `${scope}:${targetOf(scope, about)}`)),
    });
  }
  toString = () => `reserve(${this.call}, ${this.amount}, d${this.decision}, p${this.provider})`;
}

/** What is done to one sending that was reserved before. */
abstract class OnSending implements LedgerCommand {
  constructor(readonly pick: number) {}
  check = ({ sendings }: Readonly<Model>) => sendings.size > 0;
  async run(model: Model) {
    const keys = [...model.sendings.keys()];
    const key = keys[this.pick % keys.length]!;
    await this.change(key, model.sendings.get(key)!, model);
  }
  abstract change(key: string, sending: Sending, model: Model): Promise<void>;
}

class Settle extends OnSending {
  constructor(
    pick: number,
    readonly bill: number,
  ) {
    super(pick);
  }
  async change(key: string, sending: Sending, model: Model) {
    const settlement = { actualMicroUsd: this.bill, usage: null, outcome: 'answered' };
    const { first, actualMicroUsd } = await ledger().settle(key, settlement);
    expect(first).toBe(sending.status !== 'settled');
    expect(actualMicroUsd).toBe(first ? this.bill : sending.bill);
    if (!first) return;
    // What was given back by a void covers nothing of a bill that comes after it.
    const covered = isHeld(sending) ? sending.amount : 0;
    for (const cap of sending.caps) model.caps.get(cap)!.overrun += Math.max(0, this.bill - covered);
    Object.assign(sending, { status: 'settled', bill: this.bill });
  }
  override toString = () => `settle(${this.pick}, ${this.bill})`;
}

class Void extends OnSending {
  async change(key: string, sending: Sending) {
    const result = await ledger().voidCall(key, 'unavailable');
    if (isHeld(sending)) {
      expect(result).toEqual({ first: true, rowStatus: 'void' });
      sending.status = 'void';
    } else expect(result).toEqual({ first: false, rowStatus: sending.status });
  }
  override toString = () => `void(${this.pick})`;
}

class Uncertain extends OnSending {
  async change(key: string, sending: Sending) {
    await ledger().markUncertain(key, 'lost');
    if (sending.status === 'reserved') sending.status = 'uncertain';
  }
  override toString = () => `uncertain(${this.pick})`;
}

class Limit implements LedgerCommand {
  constructor(
    readonly scope: Scope,
    readonly limit: number,
  ) {}
  check = () => true;
  async run(model: Model) {
    const cap = { scope: this.scope, key: '*', limitMicroUsd: this.limit, policy: 'stop' as const };
    await createCapStore(test.db).setLimit({ ...cap, reason: 'model' });
    model.limits.set(this.scope, this.limit);
    for (const [name, open] of model.caps) {
      if (!name.startsWith(`${this.scope}:`)) continue;
      open.limit = this.limit;
      open.overrun = Math.max(open.overrun, spentOn(model, name) + heldOn(model, name) - this.limit);
    }
  }
  toString = () => `limit(${this.scope}, ${this.limit})`;
}

const amount = fc.integer({ min: 0, max: 40_000 });
const pick = fc.nat(30);
const commands = fc.commands(
  [
    fc.tuple(fc.nat(25), amount, fc.nat(1), fc.nat(1)).map((args) => new Reserve(...args)),
    fc.tuple(fc.nat(25), amount, fc.nat(1), fc.nat(1)).map((args) => new Reserve(...args)),
    fc.tuple(pick, fc.integer({ min: 0, max: 60_000 })).map(([at, bill]) => new Settle(at, bill)),
    pick.map((at) => new Void(at)),
    pick.map((at) => new Uncertain(at)),
    fc
      .tuple(fc.constantFrom(...SCOPES), fc.integer({ min: 10_000, max: 150_000 }))
      .map((args) => new Limit(...args)),
  ],
  { maxCommands: 60, size: 'max' },
);

/** Every event is followed by a comparison of all balances. */
const compared = (command: LedgerCommand): LedgerCommand => ({
  check: (model) => command.check(model),
  run: async (model, real) => {
    await command.run(model, real);
    await agree(model);
  },
  toString: () => command.toString(),
});

it('ledger and caps follow the plain model under any sequence of events', async () => {
  const begin = async () => {
    await test.db.query(
      'truncate reservations, ledger, caps, cap_limits, cap_limit_changes restart identity cascade',
    );
    return { model: { limits: new Map(), caps: new Map(), sendings: new Map() } as Model, real: null };
  };
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const start = await begin();
      await fc.asyncModelRun(() => start, [...sequence].map(compared));
      expect(await findViolations(test.db, { drainSeconds: 3_600 })).toEqual([]);
    }),
    { numRuns: 20, seed: 5 },
  );
});
