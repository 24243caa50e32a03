// The form in which a model judges a critical task: one of the accepted verdicts, so that several models' answers
// can be compared without reading them.
import type { AnswerForm, AnswerProblem } from './answer-forms';

export interface JudgementAnswer {
  readonly verdict: string;
  /** In [0, 1]: the model's own trust; not a calibrated quantity. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export const judgementForm = (options: readonly string[]): AnswerForm => ({
  name: 'judgement',
  jsonSchema: {
    type: 'object',
    properties: {
      verdict: { type: 'string', enum: options, description: 'Your verdict.' },
      confidence: { type: 'number', description: 'Trust in your verdict, from 0 to 1.' },
      reasons: {
        type: 'array',
        items: { type: 'string' },
        description: 'Two to five short reasons, strongest first.',
      },
    },
    required: ['verdict', 'confidence', 'reasons'],
    additionalProperties: false,
  },
});

/** Reads `{ verdict, confidence, reasons }`. */
export const parseJudgement = (
  answer: unknown,
  options: readonly string[],
): JudgementAnswer | AnswerProblem => {
  if (typeof answer !== 'object' || answer === null) return { problem: 'the answer is not a JSON object' };
  const { verdict, confidence, reasons } = answer as Readonly<Record<string, unknown>>;
  const chosen = options.find((option) => option === verdict);
  if (chosen === undefined) return { problem: 'verdict is not one of the choices' };
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1))
    return { problem: 'confidence is not a number from 0 to 1' };
  const isReasons = Array.isArray(reasons) && reasons.length > 0;
  if (!isReasons || !reasons.every((reason) => typeof reason === 'string' && reason.trim() !== ''))
    return { problem: 'reasons is not a list of at least one sentence' };
  return { verdict: chosen, confidence, reasons };
};
