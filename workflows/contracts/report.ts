// A daily report: for a day, or for the one that its schedule means.
import type { IsoDate, WorldId } from '../../domain/world';

export interface ReportInput {
  readonly world: WorldId;
  /** Null: the day that the scheduled start means. */
  readonly day: IsoDate | null;
}

export interface ReportResult {
  readonly world: WorldId;
  readonly day: IsoDate;
  readonly complete: boolean;
}
