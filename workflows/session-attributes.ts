// Search attributes of a market session.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import type { SessionInput } from './contracts/session';

const market = defineSearchAttributeKey('ConclaveMarket', SearchAttributeType.KEYWORD);
const world = defineSearchAttributeKey('ConclaveWorld', SearchAttributeType.KEYWORD);

export const sessionAttributes = (input: SessionInput): SearchAttributePair[] => [
  { key: market, value: input.request.market },
  { key: world, value: input.world },
];
