// Made by scripts/list-modules.mjs: one line a file of strategies/. Not edited by hand.
export const STRATEGY_NAMES = [
  'calibrated_confidence',
  'cascade',
  'consensus',
  'uncertainty_adjusted',
  'weighted_vote',
] as const;
