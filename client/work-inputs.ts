// From fields that an API, an agent or a script gives to the inputs that workflows take.
import type { StrategyName } from '../domain/ensemble/strategy';
import { parseUsd } from '../domain/money/micro-usd';
import type { BriefTemplate, ResearchKind } from '../domain/research/brief';
import { LIVE_WORLD } from '../domain/world';
import type { DecisionInput } from '../workflows/contracts/decision';
import type { PriceFile, ResearchInput } from '../workflows/contracts/research';
import { PRIORITY } from '../workflows/contracts/task-queues';
import { BadInput, marketOf, readAsOf, readSubjects, worldOfPrices } from './inputs';
import type { PanelRequest } from './panel';

interface SubjectFields {
  readonly asOf?: string | undefined;
  readonly world?: string | undefined;
  readonly template: BriefTemplate;
  readonly refresh: boolean;
}

export interface DecisionFields extends SubjectFields {
  readonly symbol: string;
  /** Decimal dollars. */
  readonly stakeUsd: string;
  readonly strategy?: StrategyName | undefined;
  readonly members?: readonly string[] | undefined;
  readonly horizonDays: number;
  readonly kind: ResearchKind;
  /** Decimal dollars that all its model calls may cost together; its research is paid beside it. */
  readonly maxCostUsd?: string | undefined;
}

export interface ResearchFields extends SubjectFields {
  readonly symbol: string;
  readonly kind: ResearchKind;
}

export interface PanelFields extends SubjectFields {
  readonly symbols: readonly string[];
  readonly model?: string | undefined;
  readonly horizonDays: number;
  readonly kind: ResearchKind;
  readonly quorum?: number | undefined;
  readonly deadlineSeconds?: number | undefined;
}

/** @throws BadInput where the text names none or several. */
export const oneSubject = (symbol: string): string => {
  const [subject, second] = readSubjects(symbol);
  if (!subject || second) throw new BadInput('symbol is not one symbol; accepted: one, such as AAPL');
  return subject;
};

/** World and instant: an as-of has a world of its own, that of its prices. @throws BadInput where both are named. */
export const placeOf = (
  { asOf, world }: Pick<SubjectFields, 'asOf' | 'world'>,
  subjects: readonly string[],
  prices: PriceFile | null = null,
) => {
  if (asOf !== undefined && world !== undefined)
    throw new BadInput('world is given beside asOf; accepted: one of them, an as-of has a world of its own');
  const day = asOf === undefined ? null : readAsOf(asOf, marketOf(subjects), 'pre_market');
  return {
    world: day ? worldOfPrices(prices) : (world ?? LIVE_WORLD),
    asOf: day?.instant ?? null,
    prices,
  };
};

/** @throws BadInput naming the field and the accepted form. */
export const decisionInput = (
  fields: DecisionFields,
  maxCostMicroUsd: number | null = fields.maxCostUsd === undefined ? null : parseUsd(fields.maxCostUsd),
): DecisionInput => {
  const subject = oneSubject(fields.symbol);
  return {
    ...placeOf(fields, [subject]),
    subject,
    sessionId: null,
    stakeMicroUsd: parseUsd(fields.stakeUsd),
    strategy: fields.strategy ?? null,
    members: fields.members ?? null,
    horizonDays: fields.horizonDays,
    research: { kind: fields.kind, template: fields.template, refresh: fields.refresh },
    recorded: null,
    recordedLatencyScale: 0,
    deadlineAt: null,
    maxCostMicroUsd,
    priority: PRIORITY.live,
  };
};

/** @param reader who reads the brief, for the record. @throws BadInput as above. */
export const researchInput = (fields: ResearchFields, reader: string): ResearchInput => {
  const subject = oneSubject(fields.symbol);
  return {
    ...placeOf(fields, [subject]),
    subject,
    kind: fields.kind,
    template: fields.template,
    refresh: fields.refresh,
    sessionId: null,
    reader,
    waiters: [],
  };
};

/** @throws BadInput as above. */
export const panelRequest = (fields: PanelFields, maxCostMicroUsd: number | null = null): PanelRequest => {
  const subjects = readSubjects(fields.symbols.join(','));
  if (subjects.length === 0) throw new BadInput('symbols names none; accepted: some, such as ["AAPL"]');
  return {
    ...placeOf(fields, subjects),
    subjects,
    model: fields.model ?? null,
    horizonDays: fields.horizonDays,
    research: { kind: fields.kind, template: fields.template, refresh: fields.refresh },
    quorum: fields.quorum ?? null,
    deadlineMs: fields.deadlineSeconds === undefined ? null : fields.deadlineSeconds * 1_000,
    maxCostMicroUsd,
    priority: PRIORITY.live,
  };
};
