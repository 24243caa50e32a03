// The ledger and its caps on a real Postgres beside a plain model of them, under random sequences of events:
// every balance, answer and refusal must be what two lists and sums over them say. For the tests, and for
// mutating the ledger's functions outside of them.
import { deepStrictEqual as same } from 'node:assert';
import * as fc from 'fast-check';
import type { CapScope } from '../../db/cap-record';
import { createCapStore } from '../../db/cap-store';
import type { Database } from '../../db/database';
import { findViolations } from '../../db/invariants';
import { createLedgerStore, type LedgerStatus, ledgerKey } from '../../db/ledger-store';
import { aReservation } from '../integration/db/rows';

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
  /** Caps that were open when it was reserved, and those that were opened after it. */
  readonly caps: Set<string>;
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

const agree = async (db: Database, model: Model): Promise<void> => {
  const rows = await createCapStore(db).status();
  const real = rows.map(
    (row) =>
      `${row.scope}:${row.key} limit ${row.limitMicroUsd} spent ${row.spentMicroUsd} held ${row.heldMicroUsd} overrun ${row.overrunMicroUsd}`,
  );
  const expected = [...model.caps].map(
    ([cap, { limit, overrun }]) =>
      `${cap} limit ${limit} spent ${spentOn(model, cap)} held ${heldOn(model, cap)} overrun ${overrun}`,
  );
  const used = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(UNUSED)).sort();
  same(used(real), used(expected));
};

type LedgerCommand = fc.AsyncCommand<Model, Database>;

class Reserve implements LedgerCommand {
  constructor(
    readonly call: number,
    readonly amount: number,
    readonly decision: number,
    readonly provider: number,
  ) {}
  check = () => true;
  async run(model: Model, db: Database) {
    const key = ledgerKey(`call-${this.call}`, 1);
    const about = {
      decisionId: `d${this.decision}`,
      provider: ['openai', 'deepseek'][this.provider]!,
      model: ['gpt-4o-mini', 'deepseek-chat'][this.provider]!,
    };
    const result = await createLedgerStore(db).reserve(
      aReservation({ callKey: `call-${this.call}`, amountMicroUsd: this.amount, ...about }),
    );
    const known = model.sendings.get(key);
    if (known) {
      same(result, { status: 'already', key, rowStatus: known.status });
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
    // What costs nothing no cap refuses.
    const asked = this.amount === 0 ? [] : limited;
    const refusing = asked.find((scope) => {
      const cap = `${scope}:${targetOf(scope, about)}`;
      return spentOn(model, cap) + heldOn(model, cap) + this.amount > model.caps.get(cap)!.limit;
    });
    if (refusing) {
      if (result.status !== 'refused') throw new Error(`${key} is ${result.status}, not refused`);
      same([result.cap.scope, result.cap.key], [refusing, targetOf(refusing, about)]);
      same(result.remainingMicroUsd, room(refusing));
      return;
    }
    same(result, { status: 'reserved', key });
    model.sendings.set(key, {
      ...about,
      ...{ amount: this.amount, status: 'reserved', bill: 0 },
      caps: new Set(limited.map((scope) => `${scope}:${targetOf(scope, about)}`)),
    });
  }
  toString = () => `reserve(${this.call}, ${this.amount}, d${this.decision}, p${this.provider})`;
}

interface AtSending {
  readonly db: Database;
  readonly key: string;
  readonly sending: Sending;
  readonly model: Model;
}

/** What is done to one sending that was reserved before. */
abstract class OnSending implements LedgerCommand {
  constructor(readonly pick: number) {}
  check = ({ sendings }: Readonly<Model>) => sendings.size > 0;
  async run(model: Model, db: Database) {
    const keys = [...model.sendings.keys()];
    const key = keys[this.pick % keys.length]!;
    await this.change({ db, key, model, sending: model.sendings.get(key)! });
  }
  abstract change(at: AtSending): Promise<void>;
}

class Settle extends OnSending {
  constructor(
    pick: number,
    readonly bill: number,
  ) {
    super(pick);
  }
  async change({ db, key, sending, model }: AtSending) {
    const settlement = { actualMicroUsd: this.bill, usage: null, outcome: 'answered' };
    const { first, actualMicroUsd } = await createLedgerStore(db).settle(key, settlement);
    same(first, sending.status !== 'settled');
    same(actualMicroUsd, first ? this.bill : sending.bill);
    if (!first) return;
    // What was given back by a void covers nothing of a bill that comes after it.
    const covered = isHeld(sending) ? sending.amount : 0;
    for (const cap of sending.caps) model.caps.get(cap)!.overrun += Math.max(0, this.bill - covered);
    Object.assign(sending, { status: 'settled', bill: this.bill });
  }
  override toString = () => `settle(${this.pick}, ${this.bill})`;
}

class Void extends OnSending {
  async change({ db, key, sending }: AtSending) {
    const result = await createLedgerStore(db).voidCall(key, 'unavailable');
    if (isHeld(sending)) {
      same(result, { first: true, rowStatus: 'void' });
      sending.status = 'void';
    } else same(result, { first: false, rowStatus: sending.status });
  }
  override toString = () => `void(${this.pick})`;
}

class Uncertain extends OnSending {
  async change({ db, key, sending }: AtSending) {
    await createLedgerStore(db).markUncertain(key, 'lost');
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
  async run(model: Model, db: Database) {
    const cap = { scope: this.scope, key: '*', limitMicroUsd: this.limit, policy: 'stop' as const };
    await createCapStore(db).setLimit({ ...cap, reason: 'model' });
    if (!model.limits.has(this.scope)) this.open(model);
    model.limits.set(this.scope, this.limit);
    for (const [name, open] of model.caps) {
      if (!name.startsWith(`${this.scope}:`)) continue;
      open.limit = this.limit;
      open.overrun = Math.max(open.overrun, spentOn(model, name) + heldOn(model, name) - this.limit);
    }
  }
  /** A new limit counts what its period, or a decision under way, has booked so far. */
  private open(model: Model) {
    for (const sending of model.sendings.values()) {
      const cap = `${this.scope}:${targetOf(this.scope, sending)}`;
      model.caps.set(cap, { limit: this.limit, overrun: 0 });
      sending.caps.add(cap);
    }
  }
  toString = () => `limit(${this.scope}, ${this.limit})`;
}

/** Whole steps, so that a call often fits to the last micro-dollar, or misses by none. */
const steps = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 5_000);
const amount = steps(0, 8);
const pick = fc.nat(30);
const commands = fc.commands(
  [
    fc.tuple(fc.nat(25), amount, fc.nat(1), fc.nat(1)).map((args) => new Reserve(...args)),
    fc.tuple(fc.nat(25), amount, fc.nat(1), fc.nat(1)).map((args) => new Reserve(...args)),
    fc.tuple(pick, steps(0, 12)).map(([at, bill]) => new Settle(at, bill)),
    pick.map((at) => new Void(at)),
    pick.map((at) => new Uncertain(at)),
    fc.tuple(fc.constantFrom(...SCOPES), steps(2, 30)).map((args) => new Limit(...args)),
  ],
  { maxCommands: 60, size: 'max' },
);

/** Every event is followed by a comparison of all balances. */
const compared = (command: LedgerCommand): LedgerCommand => ({
  check: (model) => command.check(model),
  run: async (model, db) => {
    await command.run(model, db);
    await agree(db, model);
  },
  toString: () => command.toString(),
});

const begin = async (db: Database) => {
  await db.query(
    'truncate reservations, ledger, caps, cap_limits, cap_limit_changes restart identity cascade',
  );
  return { model: { limits: new Map(), caps: new Map(), sendings: new Map() } as Model, real: db };
};

/** Runs random sequences on a database of the caller's own. @throws at the first difference. */
export const ledgerFollowsModel = (
  db: Database,
  parameters: fc.Parameters<[Iterable<LedgerCommand>]>,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const start = await begin(db);
      await fc.asyncModelRun(() => start, [...sequence].map(compared));
      same(await findViolations(db, { drainSeconds: 3_600 }), []);
    }),
    parameters,
  );
