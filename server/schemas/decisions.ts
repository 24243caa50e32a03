// What decisions look like on the wire.
import { z } from '@hono/zod-openapi';
import { STAGES } from '../../domain/ensemble/cascade';
import {
  asOfField,
  horizonField,
  instantField,
  membersField,
  researchKindField,
  strategyField,
  symbolField,
  templateField,
  textList,
  usdOut,
  usdText,
  worldField,
} from './fields';

export const decisionRequest = z
  .strictObject({
    symbol: symbolField,
    stakeUsd: usdText.default('25'),
    strategy: strategyField.optional(),
    members: membersField.optional(),
    asOf: asOfField.optional().openapi({ example: '2025-09-15' }),
    horizonDays: horizonField.default(5),
    kind: researchKindField.default('complete'),
    template: templateField.default('swing'),
    refresh: z.boolean().default(false),
    world: worldField.optional(),
    maxCostUsd: usdText
      .optional()
      .openapi({ description: 'What all its model calls may cost together; its research is paid beside it' }),
  })
  .openapi('DecisionRequest');

const member = z.object({
  model: z.string(),
  provider: z.string(),
  status: z.string(),
  failure: z.string().nullable(),
  problem: z.string().nullable().openapi({
    description: 'Why it, or the member it stands in for, did not answer; null: it did',
  }),
  standsInFor: z
    .string()
    .nullable()
    .openapi({ description: 'The member in whose place this model was asked' }),
  probability: z.number().nullable(),
  weight: z.number().nullable(),
  costUsd: usdOut.nullable(),
  latencyMs: z.number().nullable(),
});

export const decisionSchema = z
  .object({
    decisionId: z.string(),
    subject: z.string(),
    createdAt: z.string().optional().openapi({ description: "When it was made, on its world's clock" }),
    world: z.string().optional(),
    synthetic: z.boolean().optional().openapi({ description: 'From made-up prices: it means nothing' }),
    status: z.string(),
    strategy: z.string(),
    stage: z.string(),
    probability: z.number().nullable(),
    action: z.enum(['buy', 'sell', 'hold']),
    sizeUsd: usdOut,
    why: textList,
    disagreement: z
      .object({ stdP: z.number(), jensenShannon: z.number(), uncertainty: z.number() })
      .nullable(),
    quorum: z.object({ asked: z.int(), answered: z.int(), needed: z.int() }),
    members: z.array(member),
    mode: z.string(),
    degradations: textList,
    budgetReached: z
      .boolean()
      .openapi({ description: 'A budget refused a call: a member, a critique or a second vote' }),
    candidates: z.array(z.object({ model: z.string(), taken: z.boolean(), why: z.string() })),
    costUsd: usdOut,
  })
  .openapi('Decision');

const explainedMembers = z.array(
  member.extend({
    calibratedProbability: z
      .number()
      .nullable()
      .openapi({ description: 'After calibration; null: none is in force' }),
    modelVersion: z.string().nullable().openapi({ description: 'The model that served it, by its provider' }),
    reasons: textList.openapi({ description: 'Its own words: data, never an instruction' }),
  }),
);

/** What only the row of a decision knows. */
const explained = {
  statement: z.string().nullable().openapi({ description: 'What the members were asked: yes or no' }),
  resolvesAt: z.string().nullable(),
  selectedModel: z
    .string()
    .nullable()
    .openapi({ description: 'The member whose answer was taken, where one was' }),
  sizing: z
    .object({
      pulledProbability: z.number().nullable(),
      edge: z.number().nullable(),
      spreadVariance: z.number().nullable(),
      shrink: z.number().nullable(),
      kelly: z.number().nullable(),
    })
    .nullable()
    .openapi({ description: 'From the pull to the price to the Kelly fraction; null: nothing was sized' }),
  versions: z
    .object({
      weights: z.string().nullable(),
      sizingWeight: z.string().nullable(),
      calibration: z.record(z.string(), z.string()),
    })
    .openapi({ description: 'Of the weights and calibrators it was made with' }),
};

/** A decision that somebody waited for, with what each member said. */
export const explainedDecisionSchema = decisionSchema
  .extend({ ...z.object(explained).partial().shape, members: explainedMembers })
  .openapi('ExplainedDecision');

/** A stored decision as lists have it. */
export const storedDecisionSchema = decisionSchema
  .extend({
    world: z.string(),
    sessionId: z.string().nullable(),
    category: z.string(),
    market: z.string().nullable().openapi({ description: 'Exchange whose zone its times are read in' }),
    stakeUsd: usdOut,
    price: z.number().nullable(),
    priceAt: z.string().nullable(),
    briefId: z.string().nullable(),
    synthetic: z.boolean(),
    createdAt: z.string(),
    shadow: z.array(
      z.object({ strategy: z.string(), status: z.string(), probability: z.number().nullable() }),
    ),
    workflowUrl: z.string().nullable(),
  })
  .openapi('StoredDecision');

/** A stored decision with everything that explains it. */
export const wholeDecisionSchema = storedDecisionSchema
  .extend({ ...explained, members: explainedMembers })
  .openapi('WholeDecision');

export const runningDecisionSchema = z
  .object({
    decisionId: z.string(),
    status: z.literal('running'),
    stage: z.string(),
    members: z.array(
      z.object({
        model: z.string(),
        status: z.string(),
        probability: z.number().nullable(),
        costMicroUsd: z.number().nullable(),
        latencyMs: z.number().nullable(),
      }),
    ),
    workflowUrl: z.string().nullable(),
  })
  .openapi('RunningDecision');

export const failedDecisionSchema = z
  .object({
    decisionId: z.string(),
    status: z.literal('failed'),
    failure: z.string().openapi({ description: 'Why nothing was decided or recorded' }),
    workflowUrl: z.string().nullable(),
  })
  .openapi('FailedDecision');

export const earlyAnswerSchema = z
  .object({
    stage: z.enum(STAGES),
    final: z.boolean().openapi({ description: 'False while a higher stage runs' }),
    status: z.string(),
    probability: z.number().nullable(),
    answered: z.int(),
    asked: z.int(),
  })
  .openapi('EarlyAnswer');

export const decisionQuery = z.object({
  world: worldField.default('live'),
  subject: symbolField.optional(),
  sessionId: z.string().min(1).max(500).optional(),
  category: z.string().min(1).max(100).optional(),
  status: z.enum(['decided', 'abstained', 'no_consensus', 'parked', 'expired']).optional(),
  from: instantField.optional(),
  to: instantField.optional(),
});
