// How propositions came out: listed, entered, corrected, voided, sent in bulk, looked up where they are due.
import { z } from '@hono/zod-openapi';
import {
  idText,
  outcomeAt,
  outcomeLimit,
  outcomeReason,
  outcomeState,
  outcomeWord,
  shortWord,
} from '../../client/fields';
import { type OutcomeFields, readOutcomeRows } from '../../client/outcome-file';
import { listOutcomes } from '../../client/outcome-list';
import {
  entryOfOutcome,
  outcomeInput,
  outcomesDocument,
  recordOutcomes,
  resolveDueOutcomes,
} from '../../client/outcomes';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { worldField } from '../schemas/fields';

const TAG = 'outcomes';
const world = worldField.default(LIVE_WORLD);
const outcome = outcomeWord.openapi({ example: 'yes' });

const resultSchema = z
  .object({
    world: z.string(),
    resolved: z.int(),
    voided: z.int(),
    corrected: z.int(),
    unchanged: z.int(),
    leftOut: z.int(),
    forecastsScored: z.int(),
    pending: z.array(z.object({ propositionId: z.string(), reason: z.string() })),
    record: z.looseObject({ outcomes: z.int(), newVersions: z.int() }),
  })
  .openapi('RecordedOutcomes');

const documentOf = (...given: Parameters<typeof outcomesDocument>) => {
  const { record, ...document } = outcomesDocument(...given);
  return { ...document, record: { ...record } };
};

const list = operation({
  id: 'listOutcomes',
  method: 'get',
  path: '/api/v1/outcomes',
  tag: TAG,
  summary: 'Propositions with their outcomes, newest first',
  scope: 'read',
  query: z.object({ world, state: outcomeState.optional(), limit: outcomeLimit.default(100) }),
  response: z.object({
    world: z.string(),
    outcomes: z.array(
      z.object({
        proposition: z.string(),
        subject: z.string(),
        statement: z.string(),
        category: z.string(),
        resolvesAt: z.string(),
        rule: z.string(),
        state: z.string(),
        outcome: z.enum(['yes', 'no', 'void']).nullable(),
        resolvedAt: z.string().nullable(),
        source: z.string().nullable(),
        reason: z.string().nullable(),
        revision: z.int().nullable(),
      }),
    ),
  }),
  handle: async ({ query: { state, ...query }, context: { client } }) => ({
    world: query.world,
    outcomes: await listOutcomes(client, { ...query, ...(state === undefined ? {} : { state }) }),
  }),
});

const record = operation({
  id: 'recordOutcome',
  method: 'post',
  path: '/api/v1/outcomes',
  tag: TAG,
  summary: 'Enters, corrects or voids the outcome of one proposition, and scores its forecasts anew',
  scope: 'run',
  keyed: true,
  needsWorker: true,
  body: outcomeInput
    .extend({
      world,
      outcome,
      correct: z.boolean().default(false).openapi({ description: 'Replace an outcome that differs' }),
    })
    .openapi('OutcomeRequest'),
  response: resultSchema,
  handle: async ({ body: { world: name, correct, ...given }, requestKey, context: { client } }) =>
    documentOf(await recordOutcomes(client, name, [entryOfOutcome(given, correct)], requestKey)),
});

/** A row as a file has it; what it says is read by the same rules. */
const rowSchema = z
  .strictObject({
    proposition: idText.optional(),
    row_id: idText.optional().openapi({ description: 'Of a recorded question, instead of proposition' }),
    outcome,
    resolved_at: outcomeAt.optional(),
    source: shortWord.optional(),
    reason: outcomeReason.optional(),
  })
  .openapi('OutcomeRow');

const WORD = new Map([
  [true, 'yes'],
  [false, 'no'],
  [null, 'void'],
]);

const fieldsOf = ({ outcome, ...row }: z.output<typeof rowSchema>): OutcomeFields => ({
  ...(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as OutcomeFields),
  outcome: WORD.get(outcome)!,
});

const importAll = operation({
  id: 'importOutcomes',
  method: 'post',
  path: '/api/v1/outcomes/import',
  tag: TAG,
  summary: 'Records many outcomes, whole or not at all',
  scope: 'run',
  keyed: true,
  needsWorker: true,
  body: z
    .strictObject({
      world,
      outcomes: z.array(rowSchema).min(1).max(5_000),
      knownOnly: z.boolean().default(false).openapi({ description: 'Leave out unknown propositions' }),
      correct: z.boolean().default(false).openapi({ description: 'Replace outcomes that differ' }),
    })
    .openapi('OutcomesRequest'),
  response: resultSchema,
  handle: async ({ body: { outcomes, ...options }, requestKey, context: { client } }) => {
    const { entries, unknown } = await readOutcomeRows(client, outcomes.map(fieldsOf), options);
    return documentOf(await recordOutcomes(client, options.world, entries, requestKey), unknown);
  },
});

const resolve = operation({
  id: 'resolveOutcomes',
  method: 'post',
  path: '/api/v1/outcomes/resolve',
  tag: TAG,
  summary: 'Looks up everything that is due, from prices and venues',
  scope: 'run',
  keyed: true,
  needsWorker: true,
  body: z.strictObject({ world }),
  response: resultSchema,
  handle: async ({ body, requestKey, context: { client } }) =>
    documentOf(await resolveDueOutcomes(client, { world: body.world, prices: null, requestKey })),
});

export const outcomeOperations = [list, record, importAll, resolve];
