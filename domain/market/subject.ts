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

/** Symbols are compared without case and spaces: ` sap.de ` and `SAP.DE` are one. */
export const normaliseSymbol = (symbol: string): string => symbol.replace(/\s+/g, '').toUpperCase();

export const equitySubject = (symbol: string): Subject => `equity:${normaliseSymbol(symbol)}`;

/**
 * Splits a subject into kind and name.
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
  return { kind, name: kind === 'equity' ? normaliseSymbol(name) : name };
};

/** Brings user input to a subject: a bare symbol means an equity; a known prefix is kept. */
export const toSubject = (input: string): Subject => {
  const parts = parseSubject(input.includes(':') ? input.trim() : `equity:${input}`);
  return `${parts.kind}:${parts.name}`;
};
