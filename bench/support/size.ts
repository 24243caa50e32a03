// How much a bench measures.
export interface BenchSize {
  /** Fewer rounds and smaller counts: the same figures, less sure. */
  readonly quick?: boolean;
}
