// Who a decision is made of, in one line: statistics of the house are no language models, and a user without a key
// must see that.
interface Member {
  readonly model: string;
  readonly provider: string;
  readonly status: string;
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

/** Models that answered, each counted once over all decisions, by what they are. */
export const answeredBy = (members: readonly Member[]): string => {
  const answered = members.filter(({ status }) => status === 'answered');
  const count = (holds: (provider: string) => boolean): number =>
    new Set(answered.filter(({ provider }) => holds(provider)).map(({ model }) => model)).size;
  const language = count((provider) => !KINDS.some(({ is }) => is(provider)));
  const parts = [
    ...(language > 0 ? [counted(language, 'language model', 'language models')] : []),
    ...KINDS.flatMap(({ is, one, many }) => (count(is) > 0 ? [counted(count(is), one, many)] : [])),
  ];
  if (parts.length === 0) return 'answered by nobody';
  if (answered.every(({ provider }) => provider === 'house'))
    return 'answered by house statistics only; set a key (conclave init) for language models';
  return `answered by ${parts.join(' and ')}`;
};
