// Providers that are part of this process: the house's statistics and the recorded forecasts. They bill nothing, are
// never out, and no configured provider may take their names.

export const OWN_PROVIDERS: ReadonlySet<string> = new Set(['house', 'recorded']);
