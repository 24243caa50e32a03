// Subjects: what is researched or decided, and their one spelling.

/** `equity:SAP.DE`, `market:kalshi/<ticker>`, `market:polymarket/<id>`, `question:<id>` or `task:<type>`. */
export type Subject = string;

export const SUBJECT_KINDS = ['equity', 'market', 'question', 'task'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface SubjectParts {
  readonly kind: SubjectKind;
  /** Symbol, `venue/ticker`, question id or task type. */
  readonly name: string;
}

/** Symbols are compared without case and spaces, and class shares with a dot: ` sap.de ` is `SAP.DE`, `BRK-B` is `BRK.B`. */
export const normaliseSymbol = (symbol: string): string =>
  symbol
    .replace(/\s+/g, '')
    .toUpperCase()
    .replace(/^([A-Z]{1,5})-([ABC])$/, '$1.$2');

/**
 * A contract as its venue spells it, so that caps, locks, ids and briefs of one contract meet: the venue small,
 * Kalshi's tickers in capitals, Polymarket's ids and slugs small.
 */
const normaliseContract = (name: string): string => {
  const [venue = '', ...rest] = name.normalize('NFKC').replace(/\s+/g, '').split('/');
  const contract = rest.join('/');
  const spelled = venue.toLowerCase() === 'polymarket' ? contract.toLowerCase() : contract.toUpperCase();
  return [venue.toLowerCase(), ...(rest.length > 0 ? [spelled] : [])].join('/');
};

const normaliseName = ({ kind, name }: SubjectParts): string => {
  if (kind === 'equity') return normaliseSymbol(name);
  return kind === 'market' ? normaliseContract(name) : name;
};

export const equitySubject = (symbol: string): Subject => `equity:${normaliseSymbol(symbol)}`;

/**
 * Splits a subject into kind and name, symbols and contracts in their one spelling.
 * @throws RangeError naming the accepted forms when the kind is unknown or the name is empty.
 */
export const parseSubject = (subject: Subject): SubjectParts => {
  const at = subject.indexOf(':');
  const kind = subject.slice(0, at) as SubjectKind;
  const name = subject.slice(at + 1).trim();
  if (at < 1 || !SUBJECT_KINDS.includes(kind) || name === '') {
    throw new RangeError(
      `subject "${subject}" is not of a known form; accepted: equity:SYMBOL, market:kalshi/TICKER, market:polymarket/ID, question:ID, task:TYPE`,
    );
  }
  return { kind, name: normaliseName({ kind, name }) };
};

/** Brings user input to the one spelling of a subject: a bare symbol means an equity; a known prefix is kept. */
export const toSubject = (input: string): Subject => {
  const parts = parseSubject(input.includes(':') ? input.trim() : `equity:${input}`);
  return `${parts.kind}:${parts.name}`;
};
