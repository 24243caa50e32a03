// Typed search attributes of a decision, set as they become known.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import type { DecisionInput, DecisionPlan, DecisionResult, MemberResult } from './contracts/decision';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const symbol = keyword('ConclaveSymbol');
const world = keyword('ConclaveWorld');
const stage = keyword('ConclaveStage');
const mode = keyword('ConclaveMode');
const status = keyword('ConclaveStatus');
const disagreement = defineSearchAttributeKey('ConclaveDisagreement', SearchAttributeType.DOUBLE);
const costUsd = defineSearchAttributeKey('ConclaveCostUsd', SearchAttributeType.DOUBLE);
const failedOver = defineSearchAttributeKey('ConclaveFailedOver', SearchAttributeType.BOOL);

/** A hedge that failed, or was not needed, moved nothing. */
const wasFailedOver = ({ hops }: MemberResult): boolean =>
  hops.length > 1 && hops.some(({ failure, hedge }) => failure !== null && !hedge);

export const decisionAttributes = {
  planned: (input: DecisionInput, plan: DecisionPlan): SearchAttributePair[] => [
    { key: symbol, value: input.subject.slice(input.subject.indexOf(':') + 1) },
    { key: world, value: input.world },
    { key: mode, value: plan.mode },
  ],
  decided: (result: DecisionResult): SearchAttributePair[] => [
    { key: stage, value: result.stage },
    { key: status, value: result.status },
    // Where nobody answered there is none: a 0 would say that all agreed.
    ...(result.disagreement ? [{ key: disagreement, value: result.disagreement.stdP }] : []),
    { key: costUsd, value: result.costMicroUsd / 1e6 },
    { key: failedOver, value: result.members.some(wasFailedOver) },
  ],
};
