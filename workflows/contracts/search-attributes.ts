// Typed search attributes, registered when a stack is set up. Never encrypted, so nothing secret goes here.

export const SEARCH_ATTRIBUTES = [
  { name: 'ConclaveSymbol', type: 'Keyword' },
  { name: 'ConclaveMarket', type: 'Keyword' },
  { name: 'ConclaveTier', type: 'Keyword' },
  { name: 'ConclaveStage', type: 'Keyword' },
  { name: 'ConclaveMode', type: 'Keyword' },
  { name: 'ConclaveWorld', type: 'Keyword' },
  { name: 'ConclaveStatus', type: 'Keyword' },
  { name: 'ConclaveDisagreement', type: 'Double' },
  { name: 'ConclaveCostUsd', type: 'Double' },
  { name: 'ConclaveFailedOver', type: 'Bool' },
] as const;
