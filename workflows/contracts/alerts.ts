// The alert watch: what one look found and sent.

export interface AlertLook {
  readonly open: number;
  readonly sent: number;
  /** Deliveries that will be tried again. */
  readonly failed: number;
  /** Deliveries in the outbox after the look. */
  readonly waiting: number;
}

export interface AlertWatchInput {
  readonly everyMs: number;
}
