// The five tools that other agents get: research, decide, panel, rank, spend. Each reads the same inputs and gives the
// same documents as the command of its name.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SPEND_GROUPS } from '../../db/spend-store';
import { stageForStake } from '../../domain/ensemble/cascade';
import { STRATEGY_NAMES } from '../../domain/ensemble/strategy';
import { type MicroUsd, parseUsd } from '../../domain/money/micro-usd';
import { BRIEF_TEMPLATES, RESEARCH_KINDS } from '../../domain/research/brief';
import { WINDOWS } from '../../domain/track/windows';
import { LIVE_WORLD } from '../../domain/world';
import type { ResearchInput } from '../../workflows/contracts/research';
import { panelId } from '../../workflows/contracts/workflow-ids';
import { startDecision } from '../decisions';
import { briefDocument, researchDocument } from '../documents';
import { forecastsAtMost, researchAtMost } from '../estimate';
import {
  deadlineSeconds,
  horizonDays,
  modelNames,
  panelQuorum,
  requestKey,
  symbolText,
  usdAmount,
} from '../fields';
import { BadInput, checkModels } from '../inputs';
import { panelDocument, readAnalysts, startPanelAs } from '../panel';
import { rank } from '../rank';
import { research } from '../research';
import { spendDocument, spendRange } from '../spend';
import { explainedDecision } from '../stored-decisions';
import { decisionInput, panelRequest, type ResearchFields, researchInput } from '../work-inputs';
import { assertAffordable } from './affordable';
import { type AgentContext, type AgentTool, agentTool } from './agent-tool';
import { decisionWork, panelWork, requestKeyOf } from './same-call';

const symbol = symbolText.describe('A symbol such as AAPL or SAP.DE');
const place = {
  asOf: z.string().min(10).max(40).optional().describe('A past day: only what was public then is used'),
  world: z.enum(['live', 'synthetic']).optional().describe('synthetic: the made-up tape, for a trial'),
  kind: z.enum(RESEARCH_KINDS).default('complete').describe('Kind of research'),
  template: z.enum(BRIEF_TEMPLATES).default('swing').describe('Briefing template'),
  refresh: z.boolean().default(false).describe('Research anew even where a fresh brief exists'),
};
const maxCostUsd = usdAmount
  .optional()
  .describe(
    'Refuse where the call could cost more than this, every attempt counted; not what a market event makes research do again',
  );
const horizon = horizonDays.default(5).describe('Trading days ahead');

const key = requestKey
  .optional()
  .describe(
    'Names this request: the same call with the same key gets the first one’s answer, whatever it is. Without it the same call does for ten to twenty minutes, unless the first ended without an answer',
  );

/** The smaller of the caller's wish and what its operator allows. */
const ceiling = (wish: string | undefined, { maxCostMicroUsd }: AgentContext): MicroUsd | null => {
  const wished = wish === undefined ? null : parseUsd(wish);
  if (wished === null || maxCostMicroUsd === null) return wished ?? maxCostMicroUsd;
  return Math.min(wished, maxCostMicroUsd);
};

/** What named members would reserve at most; members chosen by the desk are held to the ceiling instead. */
const callsAtMost = async (
  { client, access }: AgentContext,
  members: readonly string[],
  stage: 'quick' | 'full' | 'enhanced',
  symbols: number,
): Promise<MicroUsd> =>
  members.length === 0
    ? 0
    : forecastsAtMost(client, { symbols, members, stage }, { profileOf: () => null, access });

/** A brief from the cache costs nothing, nor does one of a past day: the house writes it. */
const briefAtMost = async ({ client, access }: AgentContext, input: ResearchInput): Promise<MicroUsd> => {
  if (input.asOf !== null) return 0;
  const known = input.refresh ? null : await client.briefCache.findFresh(input);
  return known ? 0 : researchAtMost(client, { profileOf: () => null, access });
};

const briefsAtMost = async (
  context: AgentContext,
  symbols: readonly string[],
  where: Omit<ResearchFields, 'symbol'>,
): Promise<MicroUsd> => {
  const each = symbols.map((one) => briefAtMost(context, researchInput({ ...where, symbol: one }, '')));
  return (await Promise.all(each)).reduce((total, amount) => total + amount, 0);
};

/** What is left of the ceiling for calls beside the briefs that must be made first. */
const callCeiling = (maxCostMicroUsd: MicroUsd | null, researchMicroUsd: MicroUsd): MicroUsd | null =>
  maxCostMicroUsd === null ? null : Math.max(0, maxCostMicroUsd - researchMicroUsd);

const researchTool = agentTool({
  name: 'research',
  title: 'Research a subject',
  description:
    'The shared brief on a subject: thesis, drivers, risks, figures and sources. From the cache, or made now. Refused where its attempts could cost more than the operator allows; what a market event makes it do again is under the caps alone.',
  scope: 'run',
  input: z.strictObject({ symbol, ...place }),
  run: async (fields, context) => {
    const { client, maxCostMicroUsd } = context;
    const input = researchInput(fields, `agent:${randomUUID().slice(0, 12)}`);
    const researchMicroUsd = await briefAtMost(context, input);
    await assertAffordable(client, { researchMicroUsd, callsMicroUsd: 0, maxCostMicroUsd });
    const { brief, ref } = await research(client, input);
    return { ...researchDocument(ref), brief: briefDocument(brief) };
  },
});

const decideTool = agentTool({
  name: 'decide',
  title: 'Decide on a subject',
  description:
    'One decision by several models: probability, action, size and why, or why not. Paper only: nothing is traded.',
  scope: 'run',
  input: z.strictObject({
    symbol,
    stakeUsd: usdAmount.default('25').describe('Trade value at issue; fixes how many models are asked'),
    strategy: z.enum(STRATEGY_NAMES).optional(),
    members: modelNames.optional().describe('Models that are asked'),
    horizonDays: horizon,
    maxCostUsd,
    key,
    ...place,
  }),
  run: async ({ maxCostUsd: wish, key: named, ...fields }, context) => {
    const { client } = context;
    await checkModels(client, fields.members ?? null);
    const maxCostMicroUsd = ceiling(wish, context);
    const researchMicroUsd = await briefsAtMost(context, [fields.symbol], fields);
    const input = decisionInput(fields, callCeiling(maxCostMicroUsd, researchMicroUsd));
    const call = { tool: 'decide', asked: [fields, maxCostMicroUsd], key: named };
    const found = await requestKeyOf(client, call, decisionWork(client, input.subject), Date.now());
    if (!found.begun) {
      const stage = stageForStake(input.stakeMicroUsd);
      const callsMicroUsd = await callsAtMost(context, fields.members ?? [], stage, 1);
      await assertAffordable(client, { researchMicroUsd, callsMicroUsd, maxCostMicroUsd });
    }
    const decision = await startDecision(client, input, found.key);
    return explainedDecision(client, await decision.recorded());
  },
});

const panelTool = agentTool({
  name: 'panel',
  title: 'Ask a panel of analysts',
  description: 'Analysts side by side on one or more subjects: each one its probability, signal and reasons.',
  scope: 'run',
  input: z.strictObject({
    symbols: z.array(symbol).min(1).max(50),
    analysts: z.array(z.string().min(1).max(60)).min(1).max(100).optional().describe('Default: all'),
    model: z.string().min(1).max(200).optional().describe('The model that plays all analysts, or house'),
    quorum: panelQuorum.optional(),
    deadlineSeconds: deadlineSeconds.optional(),
    horizonDays: horizon,
    maxCostUsd,
    key,
    ...place,
  }),
  run: async ({ maxCostUsd: wish, key: called, analysts: ids, ...fields }, context) => {
    const { client } = context;
    const analysts = readAnalysts(context.analystFolders, ids ?? null);
    if (fields.quorum !== undefined && fields.quorum > analysts.length)
      throw new BadInput(`quorum is ${fields.quorum}; accepted: at most ${analysts.length}, the analysts`);
    const named = fields.model === undefined || fields.model === 'house' ? null : fields.model;
    await checkModels(client, named === null ? null : [named]);
    const maxCostMicroUsd = ceiling(wish, context);
    const members = named === null ? [] : analysts.map(() => named);
    const researchMicroUsd = await briefsAtMost(context, fields.symbols, fields);
    const asked = [fields, analysts.map(({ version }) => version), maxCostMicroUsd];
    const call = { tool: 'panel', asked, key: called };
    const found = await requestKeyOf(client, call, panelWork(client), Date.now());
    if (!found.begun) {
      const callsMicroUsd = await callsAtMost(context, members, 'full', fields.symbols.length);
      await assertAffordable(client, { researchMicroUsd, callsMicroUsd, maxCostMicroUsd });
    }
    const request = panelRequest(fields, callCeiling(maxCostMicroUsd, researchMicroUsd));
    // Not by what is left for its calls: the briefs that the first call paid for cost the second nothing.
    const panel = await startPanelAs(client, request, analysts, () => panelId(found.key));
    await panel.result();
    return panelDocument(client, panel.panelId);
  },
});

const rankTool = agentTool({
  name: 'rank',
  title: 'Rank the models',
  description: 'Models and strategies by what they have surely earned on resolved forecasts, with intervals.',
  scope: 'read',
  input: z.strictObject({
    world: z.string().min(1).max(40).default(LIVE_WORLD),
    category: z.string().min(1).max(100).optional(),
    window: z.enum(WINDOWS).default('all'),
  }),
  run: ({ world, category, window }, { client }) =>
    rank(client, { world, window, ...(category === undefined ? {} : { category }) }),
});

const instant = z.iso
  .datetime({
    offset: true,
    error: 'accepted: an ISO instant, such as 2026-11-20T13:00:00Z',
  })
  .transform((text) => new Date(text).toISOString());

const spendTool = agentTool({
  name: 'spend',
  title: 'What was spent',
  description: 'What was spent and saved, by model, provider, category, feature or time.',
  scope: 'read',
  input: z.strictObject({
    by: z.enum(SPEND_GROUPS).default('model'),
    from: instant.optional(),
    to: instant.optional(),
  }),
  run: ({ by, from, to }, { client }) =>
    spendDocument(client, by, spendRange({ ...(from ? { from } : {}), ...(to ? { to } : {}) })),
});

export const AGENT_TOOLS: readonly AgentTool[] = [researchTool, decideTool, panelTool, rankTool, spendTool];
