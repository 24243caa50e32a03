// The activity `callModel` over a real database and real HTTP, without a Temporal server: for tests and benches
// of money and outages.
import { type ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCallModel } from '../../activities/call-model';
import type { Dependencies } from '../../activities/dependencies';
import { createBriefCache } from '../../db/brief-cache';
import { type Database, openDatabase } from '../../db/database';
import { createStores, type Stores } from '../../db/stores';
import type { Proposition } from '../../domain/market/proposition';
import { createProviders, type HostedOptions } from '../../providers/create-providers';
import { seedModels } from '../../workers/seed-models';
import type { CallFailureDetails, CallModelInput, CallModelResult } from '../../workflows/contracts/calls';

const PROPOSITION: Proposition = {
  id: 'harness-proposition',
  world: 'live',
  subject: 'question:harness',
  statement: 'The harness answers.',
  category: 'test',
  asOf: '2025-09-15T13:00:00.000Z',
  resolvesAt: '2025-09-22T20:00:00.000Z',
  rule: { type: 'manual' },
  priceOfYes: 0.5,
  priceAt: '2025-09-15T13:00:00.000Z',
};

const unused = (name: string): never => {
  throw new Error(`${name} is not part of this harness`);
};

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const dependenciesOf = (db: Database, stores: Stores, hosted: readonly HostedOptions[]): Dependencies => ({
  db,
  stores,
  briefCache: createBriefCache(stores.briefs),
  providers: createProviders({ hosted }),
  recorded: () => unused('recorded'),
  sources: {} as Dependencies['sources'],
  client: {} as Dependencies['client'],
  logger: silent,
  options: {
    stakeMicroUsd: 25_000_000,
    sessionConcurrency: 4,
    callDeadlineMs: 5_000,
    briefLimits: { maxEntries: 100, maxBytes: 1_000_000 },
    keysPresent: new Set(['OPENAI_API_KEY', 'DEEPSEEK_API_KEY', 'ANTHROPIC_API_KEY']),
    watchlists: {},
  } as Dependencies['options'],
});

export type CallChange = Partial<CallModelInput>;

export const callInput = (key: string, changes: CallChange = {}): CallModelInput => ({
  key,
  provider: 'openai',
  model: 'gpt-4o-mini',
  task: { type: 'forecast', propositionId: PROPOSITION.id, briefId: null, seriesId: null, recorded: null },
  world: 'live',
  asOf: null,
  feature: 'decision',
  category: 'test',
  scopes: {},
  deadlineMs: 60_000,
  maxCostMicroUsd: null,
  ...changes,
});

export interface CallOutcome {
  readonly result: CallModelResult | null;
  readonly failure: CallFailureDetails | null;
  /** Temporal's wait before the next attempt; null when none follows or none is named. */
  readonly nextRetryMs: number | null;
  readonly retried: boolean;
}

export interface CallHarness {
  readonly stores: Stores;
  readonly db: Database;
  readonly dependencies: Dependencies;
  /** One attempt of the activity. @throws what is no provider's failure. */
  readonly call: (input: CallModelInput, environment?: MockActivityEnvironment) => Promise<CallOutcome>;
  readonly close: () => Promise<void>;
}

const toMs = (delay: unknown): number | null => (typeof delay === 'number' ? delay : null);

/** @param url a migrated database of the caller's own */
export const createCallHarness = async (
  url: string,
  hosted: readonly HostedOptions[],
  poolSize = 20,
): Promise<CallHarness> => {
  const db = openDatabase(url, { poolSize, applicationName: 'call harness' });
  const stores = createStores(db);
  await seedModels(stores.registry, []);
  await stores.propositions.put(PROPOSITION);
  const dependencies = dependenciesOf(db, stores, hosted);
  const { callModel } = createCallModel(dependencies);
  const call: CallHarness['call'] = async (input, environment = new MockActivityEnvironment()) => {
    try {
      const result = await environment.run<[CallModelInput], CallModelResult, typeof callModel>(
        callModel,
        input,
      );
      return { result, failure: null, nextRetryMs: null, retried: false };
    } catch (error) {
      const failure = error as ActivityFailure | ApplicationFailure;
      if (!(failure instanceof ApplicationFailure) || !failure.details?.[0]) throw error;
      return {
        result: null,
        failure: failure.details[0] as CallFailureDetails,
        nextRetryMs: toMs(failure.nextRetryDelay),
        retried: failure.nonRetryable !== true,
      };
    }
  };
  return { stores, db, dependencies, call, close: () => db.close() };
};
