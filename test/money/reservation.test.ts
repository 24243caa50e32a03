import fc from 'fast-check';
import {
  applyChange,
  balanceHolds,
  type CapBalance,
  emptyBalance,
  fits,
  HELD_SWEEP_MS,
  headroom,
  markUncertain,
  type Reservation,
  type ReservationStep,
  reserve,
  settle,
  sweep,
  UNCERTAIN_SWEEP_MS,
  voidReservation,
  withLimit,
} from '../../domain/money/reservation';

const LIMIT = 1_000_000;

describe('reservation', () => {
  const held = reserve('k', 30_000).reservation;

  test('settling below the reservation gives the rest back', () => {
    expect(settle(held, 12_345)).toEqual({
      reservation: { key: 'k', state: 'settled', amountMicroUsd: 30_000, billedMicroUsd: 12_345 },
      change: { spent: 12_345, held: -30_000, overrun: 0 },
      applied: true,
    });
  });

  test('settling above the reservation books the truth and the excess as overrun', () => {
    expect(settle(held, 30_001).change).toEqual({ spent: 30_001, held: -30_000, overrun: 1 });
  });

  test('each first step says that it was applied', () => {
    const steps = [reserve('k', 1), settle(held, 1), voidReservation(held), markUncertain(held)];
    expect(steps.map((step) => step.applied)).toEqual([true, true, true, true]);
  });

  test('holds are swept after an hour, uncertain calls after a day', () => {
    expect([HELD_SWEEP_MS, UNCERTAIN_SWEEP_MS]).toEqual([3_600_000, 86_400_000]);
  });

  test('nothing moves twice', () => {
    const settled = settle(held, 5).reservation;
    const voided = voidReservation(held).reservation;
    for (const step of [
      settle(settled, 9),
      voidReservation(settled),
      markUncertain(settled),
      settle(voided, 9),
      voidReservation(voided),
    ])
      expect(step).toMatchObject({ applied: false, change: { spent: 0, held: 0, overrun: 0 } });
  });

  test('an uncertain call keeps its amount held, cannot be voided, and is settled by its bill', () => {
    const { reservation, change } = markUncertain(held);
    expect(change).toEqual({ spent: 0, held: 0, overrun: 0 });
    expect(voidReservation(reservation).applied).toBe(false);
    expect(settle(reservation, 7)).toMatchObject({ applied: true, change: { spent: 7, held: -30_000 } });
  });

  test('the sweep makes old holds uncertain and books old uncertain ones at the worst case', () => {
    expect(sweep(held, HELD_SWEEP_MS - 1).applied).toBe(false);
    const uncertain = sweep(held, HELD_SWEEP_MS).reservation;
    expect(uncertain.state).toBe('uncertain');
    expect(sweep(uncertain, UNCERTAIN_SWEEP_MS - 1).applied).toBe(false);
    expect(sweep(uncertain, UNCERTAIN_SWEEP_MS)).toMatchObject({
      reservation: { state: 'settled', billedMicroUsd: 30_000 },
      change: { spent: 30_000, held: -30_000, overrun: 0 },
    });
  });

  test.each([-1, 0.5, Number.NaN])('an amount of %s is refused', (amount) => {
    expect(() => reserve('k', amount)).toThrow(/accepted: a whole number of micro-dollars/);
    expect(() => settle(held, amount)).toThrow(/accepted: a whole number of micro-dollars/);
  });
});

describe('cap balance', () => {
  test('a reservation fits exactly up to the limit, and a past overrun makes no room', () => {
    const balance: CapBalance = {
      limitMicroUsd: 100,
      spentMicroUsd: 60,
      heldMicroUsd: 30,
      overrunMicroUsd: 50,
    };
    expect(fits(balance, 10)).toBe(true);
    expect(fits(balance, 11)).toBe(false);
    expect(headroom(balance)).toBe(10);
  });

  test('lowering a limit below what is spent keeps the invariant and stops reserving', () => {
    const balance = { ...emptyBalance(100), spentMicroUsd: 60, heldMicroUsd: 20 };
    const lowered = withLimit(balance, 50);
    expect(lowered.overrunMicroUsd).toBe(30);
    expect(balanceHolds(lowered)).toBe(true);
    expect(fits(lowered, 1)).toBe(false);
    expect(headroom(lowered)).toBe(0);
  });

  test('a change that would break the invariant is an error', () => {
    expect(() => applyChange(emptyBalance(10), { spent: 0, held: 11, overrun: 0 })).toThrow(
      'cap balance would break',
    );
  });
});

/** The plainest ledger: two lists and sums over them. */
interface Model {
  open: Map<string, number>;
  bills: { amount: number; bill: number }[];
  serial: number;
}
interface Real {
  balance: CapBalance;
  reservations: Map<string, Reservation>;
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const check = (model: Model, real: Real): void => {
  expect(real.balance.heldMicroUsd).toBe(sum(model.open.values()));
  expect(real.balance.spentMicroUsd).toBe(sum(model.bills.map((one) => one.bill)));
  expect(real.balance.overrunMicroUsd).toBe(
    sum(model.bills.map((one) => Math.max(0, one.bill - one.amount))),
  );
  expect(balanceHolds(real.balance)).toBe(true);
};

const keyAt = (model: Model, pick: number): string => `k${pick % Math.max(1, model.serial)}`;

abstract class OnReservation implements fc.Command<Model, Real> {
  constructor(readonly pick: number) {}
  check = (model: Readonly<Model>) => model.serial > 0;
  abstract step(reservation: Reservation): ReservationStep;
  abstract update(model: Model, key: string, amount: number): void;
  run(model: Model, real: Real) {
    const key = keyAt(model, this.pick);
    const reservation = real.reservations.get(key);
    if (reservation === undefined) return;
    const step = this.step(reservation);
    real.reservations.set(key, step.reservation);
    real.balance = applyChange(real.balance, step.change);
    this.update(model, key, reservation.amountMicroUsd);
    check(model, real);
  }
}

class Reserve implements fc.Command<Model, Real> {
  constructor(readonly amount: number) {}
  check = () => true;
  run(model: Model, real: Real) {
    const key = `k${model.serial}`;
    model.serial += 1;
    const used = sum(model.open.values()) + sum(model.bills.map((one) => one.bill));
    expect(fits(real.balance, this.amount)).toBe(used + this.amount <= LIMIT);
    if (!fits(real.balance, this.amount)) return;
    const step = reserve(key, this.amount);
    real.reservations.set(key, step.reservation);
    real.balance = applyChange(real.balance, step.change);
    model.open.set(key, this.amount);
    check(model, real);
  }
  toString = () => `reserve(${this.amount})`;
}

class Settle extends OnReservation {
  constructor(
    pick: number,
    readonly bill: number,
  ) {
    super(pick);
  }
  override step = (reservation: Reservation) => settle(reservation, this.bill);
  override update(model: Model, key: string, amount: number) {
    if (model.open.delete(key)) model.bills.push({ amount, bill: this.bill });
  }
  override toString = () => `settle(${this.pick}, ${this.bill})`;
}

class Void extends OnReservation {
  #state = '';
  override step(reservation: Reservation) {
    this.#state = reservation.state;
    return voidReservation(reservation);
  }
  override update(model: Model, key: string) {
    if (this.#state === 'held') model.open.delete(key);
  }
  override toString = () => `void(${this.pick})`;
}

class Uncertain extends OnReservation {
  override step = markUncertain;
  override update() {
    // Money stays where it is.
  }
  override toString = () => `uncertain(${this.pick})`;
}

test('balance and reservations follow the plain ledger under any sequence of events', () => {
  const pick = fc.nat(40);
  const commands = fc.commands(
    [
      fc.integer({ min: 0, max: 400_000 }).map((amount) => new Reserve(amount)),
      fc.tuple(pick, fc.integer({ min: 0, max: 600_000 })).map(([at, bill]) => new Settle(at, bill)),
      pick.map((at) => new Void(at)),
      pick.map((at) => new Uncertain(at)),
    ],
    { maxCommands: 100, size: 'max' },
  );
  fc.assert(
    fc.property(commands, (sequence) =>
      fc.modelRun(
        () => ({
          model: { open: new Map(), bills: [], serial: 0 } as Model,
          real: { balance: emptyBalance(LIMIT), reservations: new Map() } as Real,
        }),
        sequence,
      ),
    ),
    { numRuns: 150, seed: 3 },
  );
});
