// Typed search attributes of a panel.
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import type { PanelInput, PanelResult } from './contracts/panel';

const world = defineSearchAttributeKey('ConclaveWorld', SearchAttributeType.KEYWORD);
const symbol = defineSearchAttributeKey('ConclaveSymbol', SearchAttributeType.KEYWORD);
const status = defineSearchAttributeKey('ConclaveStatus', SearchAttributeType.KEYWORD);
const costUsd = defineSearchAttributeKey('ConclaveCostUsd', SearchAttributeType.DOUBLE);

const symbolsOf = ({ subjects }: PanelInput): string =>
  subjects
    .map((subject) => subject.slice(subject.indexOf(':') + 1))
    .join(' ')
    .slice(0, 200);

export const panelAttributes = (input: PanelInput, result: PanelResult): SearchAttributePair[] => [
  { key: world, value: input.world },
  { key: symbol, value: symbolsOf(input) },
  { key: status, value: result.status },
  { key: costUsd, value: result.costMicroUsd / 1e6 },
];
