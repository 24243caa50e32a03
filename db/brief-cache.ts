// The in-process level of the brief cache. It saves the reading and parsing of the brief, never the check: a
// hit verifies expiry and epoch by one indexed read, so that no process serves what an event has covered (A4, A7).
import { LRUCache } from 'lru-cache';
import type { Brief } from '../domain/research/brief';
import { type BriefKeyParts, briefKey } from '../domain/research/cache-key';
import type { BriefStore } from './brief-store';

export interface BriefCacheOptions {
  /** Briefs held at most; default 1,000. */
  readonly maxEntries?: number;
  /** Bytes of content and sources held at most; default 64 MiB. */
  readonly maxBytes?: number;
}

export interface BriefCache {
  /** A brief that is fresh at this moment, counted as a hit of `reader`, or null (then record a miss or a join). */
  serve(parts: BriefKeyParts, reader: string): Promise<Brief | null>;
  /** The same without counting, for looking. */
  findFresh(parts: BriefKeyParts): Promise<Brief | null>;
  /** Forgets what this process holds; Postgres keeps it. */
  clear(): void;
  size(): { readonly entries: number; readonly bytes: number };
}

const DEFAULT_MAX_ENTRIES = 1000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

const briefBytes = (brief: Brief): number =>
  Math.max(1, 2 * (JSON.stringify(brief.content).length + JSON.stringify(brief.sources).length));

export const createBriefCache = (store: BriefStore, options: BriefCacheOptions = {}): BriefCache => {
  const held = new LRUCache<string, Brief>({
    max: options.maxEntries ?? DEFAULT_MAX_ENTRIES,
    maxSize: options.maxBytes ?? DEFAULT_MAX_BYTES,
    sizeCalculation: briefBytes,
  });
  /** The brief with the id that Postgres has just found fresh; null only when it was removed in between. */
  const recall = async (key: string, freshId: string | null): Promise<Brief | null> => {
    const known = held.get(key);
    if (freshId !== null && known?.id === freshId) return known;
    const found = freshId === null ? null : await store.get(freshId);
    if (found === null) held.delete(key);
    else held.set(key, found);
    return found;
  };
  return {
    serve: async (parts, reader) => {
      const key = briefKey(parts);
      return recall(key, await store.serve(key, reader));
    },
    findFresh: async (parts) => {
      const key = briefKey(parts);
      return recall(key, await store.findFreshId(key));
    },
    clear: () => held.clear(),
    size: () => ({ entries: held.size, bytes: held.calculatedSize }),
  };
};
