// Competitions from outside: define one, join it, replay it, read where it stands.
import { createHash } from 'node:crypto';
import type { AccountRow, CompetitionRow, NewAccount } from '../db/competition-store';
import { tradingDays } from '../domain/market/calendar';
import type { Market } from '../domain/market/market';
import type { ModelEntry } from '../domain/selection/model';
import { LIVE_WORLD, type WorldId } from '../domain/world';
import {
  type CompetitionDefinition,
  type CompetitionProgress,
  type CompetitionReplayInput,
  competitionId,
} from '../workflows/contracts/competition';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';
import { registeredModels } from './registry';
import { startOnce } from './start-once';
import { outcomeOf } from './workflow-result';

/** The house baseline trades the pool of these; each is a published statistic that needs no key. */
const HOUSE_BASELINE = ['house-drift', 'house-momentum', 'house-mean-reversion'] as const;
/** Changes when the trading rules do, so that old and new boards never share a world. */
const RULES_VERSION = 2;
const CALL_DEADLINE_MS = 60_000;
/** Models that take part at least: a ranking of fewer says nothing. */
const MIN_MODELS = 2;
/** Of a competition that trades day by day. */
const MIN_LIVE_MODELS = 4;

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

/** The same file content, definition and models make the same world, wherever the file lies. */
const worldOf = (
  definition: CompetitionDefinition,
  name: string | null,
  models: readonly string[],
): WorldId => {
  const { prices, ...rest } = definition;
  if (prices === null) return rest.liveWorld ?? LIVE_WORLD;
  return `replay:${hashOf([RULES_VERSION, name, prices.hash, sorted(rest), [...models].sort()])}`;
};

const definitionOf = (row: CompetitionRow): CompetitionDefinition => row.definition as CompetitionDefinition;

/** @throws BadInput for an unknown one. */
export const findCompetition = async (client: ConclaveClient, id: string): Promise<CompetitionRow> => {
  const found = await client.stores.competitions.get(id);
  if (found) return found;
  throw new BadInput(`competition "${id}" is unknown; "conclave competition status" lists those that exist`);
};

/** @throws BadInput for a name that ids and other names could be confused with. */
export const checkName = (name: string): string => {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) && !name.startsWith('replay-')) return name;
  throw new BadInput(
    `name "${name}" cannot be used; accepted: up to 40 small letters, digits and hyphens, not beginning with replay-`,
  );
};

/** @throws BadInput when one of that name was made with other parameters. */
export const createCompetition = async (
  client: ConclaveClient,
  id: string,
  definition: CompetitionDefinition,
): Promise<CompetitionRow> => {
  const row = await client.stores.competitions.create({ id, definition });
  const same = ({ prices, ...rest }: CompetitionDefinition): string =>
    hashOf([prices?.hash ?? null, sorted(rest)]);
  if (same(definitionOf(row)) === same(definition)) return row;
  throw new BadInput(`competition "${id}" exists with other parameters; choose another name`);
};

/** jsonb does not keep the order of keys. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, each]) => [key, sorted(each)]),
      )
    : value;

/** @throws BadInput for a model that is unknown or gives no forecasts. */
const modelsOf = async (client: ConclaveClient, names: readonly string[]): Promise<readonly ModelEntry[]> => {
  const registry = await registeredModels(client);
  return names.map((name) => {
    const model = registry.get(name);
    if (!model)
      throw new BadInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
    if (model.statistical && !model.strengths.includes('forecasting'))
      throw new BadInput(
        `model "${name}" gives no forecasts; accepted: models with the strength forecasting`,
      );
    return model;
  });
};

/** @throws BadInput unless enough models are named and each is known; before anything is stored. */
export const checkPlayers = async (client: ConclaveClient, names: readonly string[]): Promise<void> => {
  if (names.length < MIN_MODELS)
    throw new BadInput(`--models names ${names.length} model; accepted: at least ${MIN_MODELS}`);
  await modelsOf(client, names);
};

/** Adds an account per model; the number that were new. @throws BadInput once the competition has started. */
export const joinCompetition = async (
  client: ConclaveClient,
  id: string,
  names: readonly string[],
): Promise<number> => {
  const row = await findCompetition(client, id);
  const models = await modelsOf(client, names);
  const known = new Set((await client.stores.competitions.accounts(id)).map(({ name }) => name));
  if (models.every((model) => known.has(model.id))) return 0;
  if (row.status !== 'open') throw startedAlready(row);
  const accounts = models.map((model) => accountOf(id, model.id, 'model', [model.id]));
  const added = await client.stores.competitions.addAccounts(id, accounts);
  // It was started since it was read.
  if (added === null) throw startedAlready(await findCompetition(client, id));
  return added;
};

const startedAlready = ({ id, status }: CompetitionRow): BadInput =>
  new BadInput(`competition "${id}" is ${status}; models join before it starts`);

const accountOf = (
  id: string,
  name: string,
  kind: AccountRow['kind'],
  models: readonly string[],
): NewAccount => ({ id: `${id}/${name}`, name, kind, models });

const playersOf = (accounts: readonly AccountRow[]): readonly string[] =>
  accounts.filter(({ kind }) => kind === 'model').map(({ name }) => name);

/** Fixes world and accounts. @returns the stored world, and the models that play in it */
const enterAccounts = async (
  client: ConclaveClient,
  row: CompetitionRow,
  least: number,
): Promise<{ readonly names: readonly string[]; readonly world: WorldId }> => {
  const { id } = row;
  const { competitions } = client.stores;
  const started = await competitions.start(id, {
    house: [
      accountOf(id, 'house-baseline', 'house_baseline', HOUSE_BASELINE),
      accountOf(id, 'buy-and-hold', 'buy_and_hold', []),
    ],
    worldOf: (accounts) => {
      const names = playersOf(accounts);
      if (names.length < least)
        throw new BadInput(`competition "${id}" has ${names.length} models; accepted: at least ${least}`);
      return worldOf(definitionOf(row), id.startsWith('replay-') ? null : id, names);
    },
  });
  if (!started?.world) throw new Error(`competition ${id} was started without a world`);
  return { names: playersOf(await competitions.accounts(id)), world: started.world };
};

/**
 * Starts a competition that trades day by day from its next trading day on; schedules place its orders and
 * settle its days.
 * @throws BadInput for one that replays a period, one that has ended, or fewer than four models.
 */
export const startLiveCompetition = async (client: ConclaveClient, id: string): Promise<CompetitionRow> => {
  const row = await findCompetition(client, id);
  if (definitionOf(row).prices !== null)
    throw new BadInput(
      `competition "${id}" replays a period; run it with: conclave competition replay ${id}`,
    );
  if (row.status === 'finished') throw new BadInput(`competition "${id}" is finished`);
  const { world } = await enterAccounts(client, row, MIN_LIVE_MODELS);
  await client.stores.worlds.enter({ id: world, asOf: null });
  return findCompetition(client, id);
};

/** Fixes world and accounts; returns what the workflow runs on. */
const startRun = async (client: ConclaveClient, id: string): Promise<CompetitionReplayInput> => {
  const row = await findCompetition(client, id);
  const definition = definitionOf(row);
  if (definition.prices === null)
    throw new BadInput(
      `competition "${id}" trades day by day; start it with: conclave competition start ${id}`,
    );
  const { names, world } = await enterAccounts(client, row, MIN_MODELS);
  const models = await modelsOf(client, [...new Set([...names, ...HOUSE_BASELINE])].sort());
  return {
    run: {
      ...definition,
      competitionId: id,
      world,
      models: models.map(({ id: model, provider }) => ({ model, provider })),
      callDeadlineMs: CALL_DEADLINE_MS,
    },
    days: tradingDays(definition.market as Market, definition.from, definition.to),
    next: 0,
  };
};

/** The name of a competition that was given none: the same parameters mean the same competition. */
export const derivedName = (definition: CompetitionDefinition, models: readonly string[]): string =>
  worldOf(definition, null, models).replace(':', '-');

export interface ReplayHandle {
  readonly workflowId: string;
  progress(): Promise<CompetitionProgress>;
  /** Rejects with what ended the replay. */
  end(): Promise<unknown>;
}

/** Starts the replay, joins the one under way, or finds the one that has ended. */
export const replayCompetition = async (client: ConclaveClient, id: string): Promise<ReplayHandle> => {
  const input = await startRun(client, id);
  const workflowId = competitionId(input.run.world);
  await startOnce(client, 'competitionReplay', {
    workflowId,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    staticSummary: `competition ${id} · ${input.days.length} days`,
  });
  const handle = client.temporal.workflow.getHandle(workflowId);
  return {
    workflowId,
    progress: () => handle.query<CompetitionProgress>('progress'),
    end: () => outcomeOf(handle.result()),
  };
};
