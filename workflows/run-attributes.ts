// Typed search attributes of runs that have a world, a state and a cost, and no symbol.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';

const world = defineSearchAttributeKey('ConclaveWorld', SearchAttributeType.KEYWORD);
const status = defineSearchAttributeKey('ConclaveStatus', SearchAttributeType.KEYWORD);
const costUsd = defineSearchAttributeKey('ConclaveCostUsd', SearchAttributeType.DOUBLE);

export const runAttributes = {
  status: (where: string, state: string): SearchAttributePair[] => [
    { key: world, value: where },
    { key: status, value: state },
  ],
  cost: (costMicroUsd: number): SearchAttributePair[] => [{ key: costUsd, value: costMicroUsd / 1e6 }],
};
