// The forms in which models answer, and strict readers of them. A reader gives the answer or says what is
// wrong with it; it never repairs a number, fills a default or turns a failure into an opinion (B1).
import type { BriefContent } from './brief';
import { checkAgainstSchema, type JsonSchema } from './json-schema-check';

/** A named form: the JSON Schema a provider is asked to follow. */
export interface AnswerForm {
  readonly name: string;
  readonly jsonSchema: JsonSchema;
}

/** What is wrong with an answer, in one sentence without quoting it. */
export interface AnswerProblem {
  readonly problem: string;
}

export interface ForecastAnswer {
  /** In [0, 1]. */
  readonly probability: number;
  readonly reasons: readonly string[];
  readonly risks: readonly string[];
}

export interface VerdictAnswer {
  /** 0-100. */
  readonly quality: number;
  readonly problems: readonly string[];
}

const ANALYST_SIGNALS = ['bullish', 'bearish', 'neutral'] as const;
export type AnalystSignal = (typeof ANALYST_SIGNALS)[number];

export interface AnalystAnswer {
  readonly signal: AnalystSignal | null;
  /** In [0, 1]. */
  readonly probability: number;
  /** In [0, 1]: the analyst's own trust in its evidence; not a calibrated quantity. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

interface CritiqueAnswer {
  readonly points: readonly string[];
  readonly blindSpots: readonly string[];
}

const text = (description: string): JsonSchema => ({ type: 'string', description });
const texts = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string' },
  description,
});
const number = (description: string): JsonSchema => ({ type: 'number', description });

// Strict modes of several providers demand every property to be required, forbid open objects and reject
// `minimum` and `maximum`: ranges are therefore said in words and enforced by the readers below.
const closedObject = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const P_YES = number('Probability, from 0 to 1, that the statement resolves to yes. 0.62 means 62 percent.');

export const FORECAST_FORM: AnswerForm = {
  name: 'forecast',
  jsonSchema: closedObject({
    p_yes: P_YES,
    reasons: texts('Two to five short reasons, strongest first.'),
    key_risks: texts('One to four things that would make this forecast wrong.'),
  }),
};

export const BRIEF_FORM: AnswerForm = {
  name: 'brief',
  jsonSchema: closedObject({
    thesis: text('Two to four sentences: what matters now, from the evidence only.'),
    drivers: texts('What moves the subject, one sentence each.'),
    risks: texts('What could go wrong, one sentence each.'),
    peers: text('Comparison with sector and peers.'),
    volatility: text('Historical volatility in context.'),
    upcoming: texts('Dated events ahead.'),
    figures: {
      type: 'array',
      description: 'Every number the text relies on, as given in the data; none from memory.',
      items: closedObject({ name: text('Name of the figure in the data.'), value: number('Its value.') }),
    },
  }),
};

export const VERDICT_FORM: AnswerForm = {
  name: 'verdict',
  jsonSchema: closedObject({
    quality: number('Quality of the brief, from 0 (useless) to 100 (complete, sourced, free of errors).'),
    problems: texts('What is missing or wrong; empty when nothing is.'),
  }),
};

export const ANALYST_FORM: AnswerForm = {
  name: 'analyst',
  jsonSchema: closedObject({
    signal: { type: ['string', 'null'], enum: [...ANALYST_SIGNALS, null], description: 'Direction, if any.' },
    p_yes: P_YES,
    confidence: number('Trust in the evidence at hand, from 0 to 1.'),
    reasons: texts('Two to five short reasons, strongest first.'),
  }),
};

export const CRITIQUE_FORM: AnswerForm = {
  name: 'critique',
  jsonSchema: closedObject({
    points: texts('Weaknesses in the other forecasts, one sentence each.'),
    blind_spots: texts('Evidence that all of them overlooked; empty when there is none.'),
  }),
};

/** Free text: no schema is sent, and any non-empty text is an answer. */
export const TEXT_FORM: AnswerForm = { name: 'text', jsonSchema: { type: 'string' } };

/** Every built-in form by name. */
export const ANSWER_FORMS: Readonly<Record<string, AnswerForm>> = {
  forecast: FORECAST_FORM,
  brief: BRIEF_FORM,
  verdict: VERDICT_FORM,
  analyst: ANALYST_FORM,
  critique: CRITIQUE_FORM,
  text: TEXT_FORM,
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (answer: unknown): Fields | null =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? (answer as Fields) : null;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

const isBetween = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high;

const problem = (message: string): AnswerProblem => ({ problem: message });
const NOT_AN_OBJECT = problem('the answer is not a JSON object');

/** Reads `{ p_yes, reasons, key_risks }`. */
export const parseForecast = (answer: unknown): ForecastAnswer | AnswerProblem => {
  const fields = fieldsOf(answer);
  if (!fields) return NOT_AN_OBJECT;
  const { p_yes: probability, reasons, key_risks: risks } = fields;
  if (!isBetween(probability, 0, 1)) return problem('p_yes is not a number from 0 to 1');
  if (!isTexts(reasons) || reasons.length === 0)
    return problem('reasons is not a list of at least one sentence');
  if (!isTexts(risks)) return problem('key_risks is not a list of sentences');
  return { probability, reasons, risks };
};

const readFigures = (value: unknown): Readonly<Record<string, number>> | null => {
  const pairs: readonly (readonly [unknown, unknown])[] | null = Array.isArray(value)
    ? value.map((item) => [fieldsOf(item)?.name, fieldsOf(item)?.value] as const)
    : fieldsOf(value) && Object.entries(value as Fields);
  if (!pairs?.every(([name, figure]) => isText(name) && Number.isFinite(figure))) return null;
  return Object.fromEntries(pairs) as Readonly<Record<string, number>>;
};

/** Reads a brief; `figures` may be a list of `{ name, value }` (what models send) or an object. */
export const parseBrief = (answer: unknown): BriefContent | AnswerProblem => {
  const fields = fieldsOf(answer);
  if (!fields) return NOT_AN_OBJECT;
  const { thesis, drivers, risks, peers, volatility, upcoming } = fields;
  const figures = readFigures(fields.figures);
  if (!isText(thesis)) return problem('thesis is empty or not text');
  if (!isTexts(drivers) || drivers.length === 0) return problem('drivers is not a list of sentences');
  if (!isTexts(risks) || risks.length === 0) return problem('risks is not a list of sentences');
  if (typeof peers !== 'string') return problem('peers is not text');
  if (typeof volatility !== 'string') return problem('volatility is not text');
  if (!isTexts(upcoming)) return problem('upcoming is not a list of sentences');
  if (!figures) return problem('figures is not a list of names with finite numbers');
  return { thesis, drivers, risks, peers, volatility, upcoming, figures };
};

/** Reads `{ quality, problems }`. */
export const parseVerdict = (answer: unknown): VerdictAnswer | AnswerProblem => {
  const fields = fieldsOf(answer);
  if (!fields) return NOT_AN_OBJECT;
  const { quality, problems } = fields;
  if (!isBetween(quality, 0, 100)) return problem('quality is not a number from 0 to 100');
  if (!isTexts(problems)) return problem('problems is not a list of sentences');
  return { quality, problems };
};

const contradicts = (signal: AnalystSignal | null, probability: number): boolean =>
  (signal === 'bullish' && probability < 0.5) || (signal === 'bearish' && probability > 0.5);

/** Reads `{ signal, p_yes, confidence, reasons }`; a signal against its own probability is a problem. */
export const parseAnalyst = (answer: unknown): AnalystAnswer | AnswerProblem => {
  const fields = fieldsOf(answer);
  if (!fields) return NOT_AN_OBJECT;
  const { p_yes: probability, confidence, reasons } = fields;
  const signal = (fields.signal ?? null) as AnalystSignal | null;
  if (signal !== null && !ANALYST_SIGNALS.includes(signal))
    return problem('signal is not bullish, bearish or neutral');
  if (!isBetween(probability, 0, 1)) return problem('p_yes is not a number from 0 to 1');
  if (!isBetween(confidence, 0, 1)) return problem('confidence is not a number from 0 to 1');
  if (!isTexts(reasons) || reasons.length === 0)
    return problem('reasons is not a list of at least one sentence');
  if (contradicts(signal, probability)) return problem('signal contradicts p_yes');
  return { signal, probability, confidence, reasons };
};

/** Reads `{ points, blind_spots }`. */
const parseCritique = (answer: unknown): CritiqueAnswer | AnswerProblem => {
  const fields = fieldsOf(answer);
  if (!fields) return NOT_AN_OBJECT;
  const { points, blind_spots: blindSpots } = fields;
  if (!isTexts(points) || points.length === 0)
    return problem('points is not a list of at least one sentence');
  if (!isTexts(blindSpots)) return problem('blind_spots is not a list of sentences');
  return { points, blindSpots };
};

export const isProblem = (result: object): result is AnswerProblem => 'problem' in result;

const READERS: Readonly<Record<string, (answer: unknown) => object>> = {
  forecast: parseForecast,
  brief: parseBrief,
  verdict: parseVerdict,
  analyst: parseAnalyst,
  critique: parseCritique,
};

/**
 * Checks an answer against its form. Built-in forms have their own reader; any other is checked against
 * its JSON Schema. A brief comes back as BriefContent (`figures` an object), everything else as it was.
 */
export const validateAnswer = (
  form: AnswerForm,
  answer: unknown,
): { readonly answer: unknown } | AnswerProblem => {
  if (form.name === 'text')
    return isText(answer) ? { answer } : problem('the answer is not a text or is empty');
  const read = READERS[form.name];
  if (!read) {
    const wrong = checkAgainstSchema(form.jsonSchema, answer);
    return wrong ? problem(wrong) : { answer };
  }
  const result = read(answer);
  if (isProblem(result)) return result;
  return { answer: form.name === 'brief' ? result : answer };
};
