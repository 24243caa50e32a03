// Typed search attributes, registered when a stack is set up. Never encrypted, so nothing secret goes here.
import { marketOfSubject } from '../../domain/market/market';
import type { WorldId } from '../../domain/world';

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

type KeywordName = Extract<(typeof SEARCH_ATTRIBUTES)[number], { readonly type: 'Keyword' }>['name'];

/** A pair as the SDK takes it. */
const keyword = (name: KeywordName, value: string) => ({ key: { name, type: 'KEYWORD' as const }, value });

/** What is known of work on a subject before it begins. */
export const subjectAttributes = ({
  subject,
  world,
  market = marketOfSubject(subject),
}: {
  readonly subject: string;
  readonly world: WorldId;
  /** Of the session that it belongs to. Absent: the subject's own. */
  readonly market?: string | null;
}) => [
  keyword('ConclaveSymbol', subject.slice(subject.indexOf(':') + 1)),
  keyword('ConclaveWorld', world),
  ...(market === null ? [] : [keyword('ConclaveMarket', market)]),
];

/** The tier that a task was given to; none where its model was named. */
export const tierAttributes = (tier: string | null) => (tier === null ? [] : [keyword('ConclaveTier', tier)]);
