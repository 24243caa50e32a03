// What a house analyst is: the statistical stand-in for one analyst of the panel when no language model is
// configured. Like every house model it is computed from data and labelled as statistics.
import type { AnalystSignal } from '../../../domain/research/answer-forms';
import type { CallData } from '../../port';
import type { HouseAbstention } from '../house-model';

export interface HouseAnalystView {
  readonly signal: AnalystSignal | null;
  /** In [0, 1]. */
  readonly p: number;
  /** In [0, 1]. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export interface HouseAnalyst {
  /** The panel's analyst id, as it comes in `CallData.analyst`. */
  readonly id: string;
  readonly method: string;
  readonly source: string;
  /** Abstains when its data are not there (G4). */
  view(data: CallData, horizonDays: number): HouseAnalystView | HouseAbstention;
}
