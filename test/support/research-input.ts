// What someone who only wants the brief on a subject asks for.
import type { ResearchInput } from '../../workflows/contracts/research';

/** The swing brief on a subject of a world, from the cache or made now, for no session. */
export const aResearchInput = (world: string, subject: string): ResearchInput => ({
  world,
  asOf: null,
  subject,
  kind: 'complete',
  template: 'swing',
  refresh: false,
  prices: null,
  sessionId: null,
  reader: 'test',
  waiters: [],
});
