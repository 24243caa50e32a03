// A prediction market's contract as the domain sees it; sources deliver this shape.
import type { IsoInstant } from '../world';

const VENUES = ['kalshi', 'polymarket'] as const;
export type Venue = (typeof VENUES)[number];

/** The part of a venue's quote that a proposition is made of. */
export interface VenueQuote {
  readonly venue: Venue;
  readonly contract: string;
  readonly title: string;
  /** Empty when the venue names none. */
  readonly category: string;
  /** In [0, 1]; null where bid and ask leave none. */
  readonly priceOfYes: number | null;
  readonly quotedAt: IsoInstant;
  readonly closesAt: IsoInstant;
}

/** A question of a recorded set, whose outcome is imported. */
export interface RecordedQuestion {
  readonly rowId: string;
  readonly source: string;
  readonly question: string;
  readonly category: string;
  readonly forecastDueDate: string;
  readonly resolutionDate: string;
  /** Price of yes some days before the due date; null where none. */
  readonly marketValueFreeze: number | null;
  /** Day of the freeze price; null where none. */
  readonly marketDate: string | null;
  /** Price of yes on the due date; null where unknown. */
  readonly marketValueDue: number | null;
}
