// What activities are made of; a composition root (workers/, tests) fills it in.
import type { Client } from '@temporalio/client';
import type { BriefCache } from '../db/brief-cache';
import type { Database } from '../db/database';
import type { Stores } from '../db/stores';
import type { WaitSettings } from '../domain/outage/waiting';
import type { Provider } from '../providers/port';
import type { RecordedProvider } from '../providers/recorded';
import type { Sources } from '../sources/create-sources';
import type { AlertChannel } from './alert-channels';

/** The part of a logger that activities use; ids and kinds only, never prompts or answers. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ActivityOptions {
  /** Trade value at issue when a request names none. */
  readonly stakeMicroUsd: number;
  /** Subjects of one market session that run at once. */
  readonly sessionConcurrency: number;
  /** Total deadline of one attempt at a language model. */
  readonly callDeadlineMs: number;
  /** The same by provider, where it is another. */
  readonly callDeadlines?: ReadonlyMap<string, number>;
  /** Providers whose calls Temporal counts, by the second or at once: one activity a call. Absent: none. */
  readonly ratedProviders?: ReadonlySet<string>;
  /** How long decisions wait for providers that are out. Absent: the defaults. */
  readonly waits?: WaitSettings;
  readonly briefLimits: { readonly maxEntries: number; readonly maxBytes: number };
  /** Names of environment variables that hold a key. */
  readonly keysPresent: ReadonlySet<string>;
  readonly watchlists: Readonly<Record<string, readonly string[]>>;
}

export interface Dependencies {
  readonly db: Database;
  readonly stores: Stores;
  /** Bounded in-process cache in front of the brief store. */
  readonly briefCache: BriefCache;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly recorded: (folder: string, latencyScale: number) => RecordedProvider;
  readonly sources: Sources;
  readonly client: Client;
  readonly logger: Logger;
  /** Ways out for alerts, besides the log. */
  readonly alertChannels?: readonly AlertChannel[];
  /** Brings the desk's schedules in line with what is declared; what it changed. Absent: nobody looks. */
  readonly keepSchedules?: () => Promise<{ readonly changes: readonly unknown[] }>;
  readonly options: ActivityOptions;
}
