// Market events as they reach the `market-events` workflow.
import type { IsoInstant } from '../../domain/world';

export interface MarketEventSignal {
  readonly id: string;
  readonly type: string;
  readonly symbols?: readonly string[];
  readonly reason: string;
  readonly at?: IsoInstant;
  /** Absent: every world. */
  readonly world?: string;
  /** Custom types declare their scope. */
  readonly scope?: 'symbols' | 'everything';
}

export interface EventAck {
  readonly id: string;
  readonly type: string;
  readonly first: boolean;
  readonly epoch: number;
  readonly covers: readonly string[] | 'all';
}
