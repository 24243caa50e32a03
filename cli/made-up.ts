// What stands behind everything that rests on the made-up tape, so that nobody takes it for a market.
export const MADE_UP = 'SYNTHETIC DATA: made-up prices, nothing here means anything';
