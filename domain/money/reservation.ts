// The arithmetic of money held before a call and booked after it (E2, E3): what the database's one transaction
// does, as pure functions, so that the rules can be tested to the last micro-dollar.
import { assertMicroUsd, type MicroUsd } from './micro-usd';

export const RESERVATION_STATES = ['held', 'settled', 'voided', 'uncertain'] as const;
export type ReservationState = (typeof RESERVATION_STATES)[number];

export interface Reservation {
  readonly key: string;
  readonly state: ReservationState;
  /** Worst case, held until the outcome is known. */
  readonly amountMicroUsd: MicroUsd;
  /** The bill; null until settled. */
  readonly billedMicroUsd: MicroUsd | null;
}

/** One cap in one period. Invariant: spent + held <= limit + overrun. */
export interface CapBalance {
  readonly limitMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  /** Excess of bills over their reservations, and of spending over a limit lowered later. */
  readonly overrunMicroUsd: MicroUsd;
}

export const emptyBalance = (limitMicroUsd: MicroUsd): CapBalance => ({
  limitMicroUsd: assertMicroUsd(limitMicroUsd, 'limit'),
  spentMicroUsd: 0,
  heldMicroUsd: 0,
  overrunMicroUsd: 0,
});

/** What may still be reserved; never negative. */
export const headroom = (balance: CapBalance): MicroUsd =>
  Math.max(0, balance.limitMicroUsd - balance.spentMicroUsd - balance.heldMicroUsd);

export const balanceHolds = (balance: CapBalance): boolean =>
  balance.spentMicroUsd >= 0 &&
  balance.heldMicroUsd >= 0 &&
  balance.overrunMicroUsd >= 0 &&
  balance.spentMicroUsd + balance.heldMicroUsd <= balance.limitMicroUsd + balance.overrunMicroUsd;

/** Changes to add to every covering cap's balance. */
export interface BalanceChange {
  readonly spent: number;
  readonly held: number;
  readonly overrun: number;
}

export interface ReservationStep {
  readonly reservation: Reservation;
  readonly change: BalanceChange;
  /** False when the event had been taken in before: nothing moves twice. */
  readonly applied: boolean;
}

const NO_CHANGE: BalanceChange = { spent: 0, held: 0, overrun: 0 };

const unchanged = (reservation: Reservation): ReservationStep => ({
  reservation,
  change: NO_CHANGE,
  applied: false,
});

/** Whether `amount` fits: spent + held + amount <= limit. A past overrun never makes room. */
export const fits = (balance: CapBalance, amountMicroUsd: MicroUsd): boolean =>
  balance.spentMicroUsd + balance.heldMicroUsd + amountMicroUsd <= balance.limitMicroUsd;

/** A new reservation; add its change to every covering cap, in one transaction, if all `fits`. */
export const reserve = (key: string, amountMicroUsd: MicroUsd): ReservationStep => ({
  reservation: {
    key,
    state: 'held',
    amountMicroUsd: assertMicroUsd(amountMicroUsd, 'amount'),
    billedMicroUsd: null,
  },
  change: { spent: 0, held: amountMicroUsd, overrun: 0 },
  applied: true,
});

/**
 * Books the true bill. Excess over the reservation goes to overrun. A second settlement, or one after a void,
 * changes nothing, except that a bill for an `uncertain` call settles it.
 */
export const settle = (reservation: Reservation, billedMicroUsd: MicroUsd): ReservationStep => {
  assertMicroUsd(billedMicroUsd, 'billed');
  if (reservation.state === 'settled' || reservation.state === 'voided') return unchanged(reservation);
  return {
    reservation: { ...reservation, state: 'settled', billedMicroUsd },
    change: {
      spent: billedMicroUsd,
      held: -reservation.amountMicroUsd,
      overrun: Math.max(0, billedMicroUsd - reservation.amountMicroUsd),
    },
    applied: true,
  };
};

/** Gives the money back: the call was certainly never sent. An uncertain call may have been; it stays. */
export const voidReservation = (reservation: Reservation): ReservationStep =>
  reservation.state === 'held'
    ? {
        reservation: { ...reservation, state: 'voided' },
        change: { spent: 0, held: -reservation.amountMicroUsd, overrun: 0 },
        applied: true,
      }
    : unchanged(reservation);

/** The outcome is unknown: the amount stays held. */
export const markUncertain = (reservation: Reservation): ReservationStep =>
  reservation.state === 'held'
    ? { reservation: { ...reservation, state: 'uncertain' }, change: NO_CHANGE, applied: true }
    : unchanged(reservation);

/** How long an uncertain call waits for its bill before the worst case is booked: providers report within a day. */
export const UNCERTAIN_SWEEP_MS = 24 * 3_600_000;
/** A held reservation whose call cannot be under way any more (longest attempt deadline, with a margin). */
export const HELD_SWEEP_MS = 3_600_000;

/** What a sweep does with a reservation of this state and age. */
export const sweep = (reservation: Reservation, ageMs: number): ReservationStep => {
  if (reservation.state === 'held' && ageMs >= HELD_SWEEP_MS) return markUncertain(reservation);
  if (reservation.state === 'uncertain' && ageMs >= UNCERTAIN_SWEEP_MS)
    return settle(reservation, reservation.amountMicroUsd);
  return unchanged(reservation);
};

/** A balance after a change. @throws RangeError when an invariant would break: a bug, never a user's mistake. */
export const applyChange = (balance: CapBalance, change: BalanceChange): CapBalance => {
  const next = {
    ...balance,
    spentMicroUsd: balance.spentMicroUsd + change.spent,
    heldMicroUsd: balance.heldMicroUsd + change.held,
    overrunMicroUsd: balance.overrunMicroUsd + change.overrun,
  };
  if (!balanceHolds(next)) throw new RangeError(`cap balance would break: ${JSON.stringify(next)}`);
  return next;
};

/**
 * A balance under a new limit. Lowering it below what is spent and held records the difference as overrun:
 * nothing more can be reserved until there is room again.
 */
export const withLimit = (balance: CapBalance, limitMicroUsd: MicroUsd): CapBalance => ({
  ...balance,
  limitMicroUsd: assertMicroUsd(limitMicroUsd, 'limit'),
  overrunMicroUsd: Math.max(
    balance.overrunMicroUsd,
    balance.spentMicroUsd + balance.heldMicroUsd - limitMicroUsd,
  ),
});
