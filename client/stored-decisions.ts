// Decisions on record: as lists have them, and one with all that explains it: what each member said, the numbers behind
// the size, and the versions it was made with.
import type { DecisionRecord } from '../db/decision-record';
import type { DecisionFilter } from '../db/decision-store';
import type { Sizing } from '../domain/ensemble/sizing-input';
import { formatUsd } from '../domain/money/micro-usd';
import type { DecisionResult } from '../workflows/contracts/decision';
import { type ConclaveClient, workflowUrl } from './connect';
import { decisionDocument } from './documents';
import { shownMarket } from './shown-market';

type Client = Pick<ConclaveClient, 'stores'>;
type LinkedClient = Pick<ConclaveClient, 'stores' | 'namespace' | 'uiUrl'>;

/** Absent in rows from before it was kept. */
const detail = <Value>({ details }: DecisionRecord, name: string): Value | null =>
  (details[name] as Value | undefined) ?? null;

const sizingDocument = (sizing: Sizing | null) =>
  sizing && {
    pulledProbability: sizing.pulledProbability,
    edge: sizing.edge,
    spreadVariance: sizing.spreadVariance,
    shrink: sizing.shrink,
    kelly: sizing.kelly,
  };

/** What only the row knows. */
const ofRow = (row: DecisionRecord) => ({
  /** What the members were asked: yes or no. */
  statement: detail<string>(row, 'statement'),
  resolvesAt: detail<string>(row, 'resolvesAt'),
  selectedModel: row.selectedModel,
  /** From the pull to the price to the Kelly fraction; null where nothing was sized. */
  sizing: sizingDocument(detail<Sizing>(row, 'sizing')),
  versions: {
    weights: row.weightsVersion,
    sizingWeight: detail<string>(row, 'sizingWeightVersion'),
    calibration: row.calibrationVersions,
  },
});

/** What each member said, from the forecasts that count. */
const withReasons = async ({ stores }: Client, decision: DecisionResult | DecisionRecord) => {
  const document = decisionDocument(decision);
  const counted = await stores.forecasts.counted(document.decisionId);
  const said = new Map(counted.map((forecast) => [forecast.model, forecast]));
  return {
    ...document,
    members: document.members.map((member) => ({
      ...member,
      calibratedProbability: said.get(member.model)?.calibratedProbability ?? null,
      modelVersion: said.get(member.model)?.modelVersion ?? null,
      /** In the model's words. */
      reasons: said.get(member.model)?.reasons ?? [],
    })),
  };
};

/** `decide --json`, and over HTTP and for agents: a decision that somebody waited for, on record or not. */
export const explainedDecision = async (client: Client, decision: DecisionResult | DecisionRecord) => ({
  ...(await withReasons(client, decision)),
  ...('details' in decision ? ofRow(decision) : {}),
});

export type ExplainedDecision = Awaited<ReturnType<typeof explainedDecision>>;

/** What its row adds to a decision's document. */
const onRecord = (client: LinkedClient, decision: DecisionRecord) => ({
  world: decision.world,
  sessionId: decision.sessionId,
  category: decision.category,
  market: shownMarket(decision.subject),
  stakeUsd: formatUsd(decision.stakeMicroUsd),
  price: decision.price,
  priceAt: decision.priceAt,
  briefId: decision.briefId,
  synthetic: decision.synthetic,
  createdAt: decision.createdAt,
  shadow: decision.shadow,
  workflowUrl: workflowUrl(client, decision.id),
});

/** `decisions --json`: newest first. @throws RangeError for a cursor that is not one */
export const listDecisions = async (client: LinkedClient, filter: DecisionFilter) => {
  const { decisions, next } = await client.stores.decisions.list(filter);
  return {
    decisions: decisions.map((one) => ({ ...decisionDocument(one), ...onRecord(client, one) })),
    next,
  };
};

/** `decisions ID --json`: everything that explains it. Null for one that is not on record. */
export const storedDecision = async (client: LinkedClient, id: string) => {
  const decision = await client.stores.decisions.get(id);
  return (
    decision && {
      ...(await withReasons(client, decision)),
      ...ofRow(decision),
      ...onRecord(client, decision),
    }
  );
};
