// Units of money beside prices and accounts: London's shares are quoted in pence, their accounts kept in pounds or dollars.

/** Name of the fact that says what a dossier's prices are in. */
export const PRICE_CURRENCY = 'priceCurrency';

/** The currency of which a unit is a part: GBP of `GBp`. */
export const currencyOfUnit = (unit: string): string => (unit === 'GBp' ? 'GBP' : unit);

/** A unit as a reader needs it who knows currencies only. */
export const unitText = (unit: string): string => (unit === 'GBp' ? 'GBp: pence, 0.01 GBP' : unit);
