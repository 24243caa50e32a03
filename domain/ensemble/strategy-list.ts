// Made by scripts/list-modules.mjs: one line a file of strategies/. Not edited by hand.
import { calibratedConfidence } from './strategies/calibrated-confidence';
import { cascade } from './strategies/cascade';
import { consensus } from './strategies/consensus';
import { uncertaintyAdjusted } from './strategies/uncertainty-adjusted';
import { weightedVote } from './strategies/weighted-vote';
import type { Strategy } from './strategy';

export const STRATEGIES: readonly Strategy[] = [
  calibratedConfidence,
  cascade,
  consensus,
  uncertaintyAdjusted,
  weightedVote,
];
