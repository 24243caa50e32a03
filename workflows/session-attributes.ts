// Search attributes of a market session.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import type { SessionInput, SessionResult } from './contracts/session';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const market = keyword('ConclaveMarket');
const world = keyword('ConclaveWorld');
const mode = keyword('ConclaveMode');
const status = keyword('ConclaveStatus');
const costUsd = defineSearchAttributeKey('ConclaveCostUsd', SearchAttributeType.DOUBLE);

export const sessionAttributes = {
  begun: (input: SessionInput): SearchAttributePair[] => [
    { key: market, value: input.request.market },
    { key: world, value: input.world },
  ],
  ended: (result: SessionResult): SearchAttributePair[] => [
    { key: mode, value: result.mode },
    { key: status, value: result.status },
    { key: costUsd, value: result.costMicroUsd / 1e6 },
  ],
};
