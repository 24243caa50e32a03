// Who a decision is made of, in one line: statistics of the house are no language models, and a user without a key
// must see that.
interface Member {
  readonly model: string;
  readonly provider: string;
  readonly status: string;
  /** The member in whose place it was asked. */
  readonly standsInFor?: string | null;
  /** Why it, or that member, did not answer. */
  readonly problem?: string | null;
}

interface Quorum {
  readonly asked: number;
  readonly answered: number;
  readonly needed: number;
}

/** How many of those asked answered. */
export const participationText = ({ asked, answered, needed }: Quorum): string =>
  asked === 0 ? 'nobody was asked' : `${answered} of ${asked} members (${needed} needed)`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const KINDS = [
  { is: (provider: string) => provider === 'house', one: 'house statistic', many: 'house statistics' },
  {
    is: (provider: string) => provider === 'recorded',
    one: 'recorded forecaster',
    many: 'recorded forecasters',
  },
] as const;

const isLanguage = (provider: string): boolean => !KINDS.some(({ is }) => is(provider));

/** Models in whose place statistics answered, or that failed themselves. */
const failedModels = (members: readonly Member[]): number =>
  new Set(
    members.flatMap(({ model, provider, status, standsInFor, problem }) => {
      if (status === 'failed') return isLanguage(provider) ? [model] : [];
      return standsInFor && problem ? [standsInFor] : [];
    }),
  ).size;

/** Behind what a member answered: why it, or the one in whose place it did, has not; empty where nothing is to say. */
export const problemOf = ({ status, standsInFor, problem }: Omit<Member, 'model' | 'provider'>): string => {
  if (!problem) return '';
  if (status === 'failed') return `: ${problem}`;
  return `, ${standsInFor ? `for ${standsInFor}` : 'as stored'}: ${problem}`;
};

/** Models that answered, each counted once over all decisions, by what they are. */
export const answeredBy = (members: readonly Member[]): string => {
  const answered = members.filter(({ status }) => status === 'answered');
  const count = (holds: (provider: string) => boolean): number =>
    new Set(answered.filter(({ provider }) => holds(provider)).map(({ model }) => model)).size;
  const language = count(isLanguage);
  const parts = [
    ...(language > 0 ? [counted(language, 'language model', 'language models')] : []),
    ...KINDS.flatMap(({ is, one, many }) => (count(is) > 0 ? [counted(count(is), one, many)] : [])),
  ];
  if (parts.length === 0) return 'answered by nobody';
  if (answered.every(({ provider }) => provider === 'house')) {
    const failed = failedModels(members);
    const way = failed === 0 ? 'set a key (conclave init) for language models' : null;
    return `answered by house statistics only; ${way ?? `${counted(failed, 'language model', 'language models')} failed`}`;
  }
  return `answered by ${parts.join(' and ')}`;
};
