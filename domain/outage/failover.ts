// How far one call fails over (F4). Along which candidates, and on what terms, is for whoever plans it.

/** Most hops of one call; 5: more than a handful of providers out is an outage, not bad luck. */
export const DEFAULT_MAX_HOPS = 5;
