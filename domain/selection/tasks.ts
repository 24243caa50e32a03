// Task types and what each asks of a model (D2): one strength, and how many tokens it usually takes.
import type { Strength } from './model';

export interface TaskType {
  readonly type: string;
  readonly area: 'writing' | 'trading';
  readonly needs: Strength;
  /** Usual tokens of one call, until bills have taught better. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly about: string;
}

const task = (
  area: TaskType['area'],
  type: string,
  needs: Strength,
  tokens: readonly [number, number],
  about: string,
): TaskType => ({ type, area, needs, inputTokens: tokens[0], outputTokens: tokens[1], about });

export const TASK_TYPES: readonly TaskType[] = [
  task('writing', 'prose_draft', 'prose', [2000, 2000], 'draft a passage from notes'),
  task('writing', 'prose_expansion', 'prose', [3000, 2500], 'turn a sketch into a full scene'),
  task('writing', 'dialogue_draft', 'dialogue', [2000, 1200], 'write a conversation'),
  task('writing', 'dialogue_polish', 'dialogue', [3000, 1500], 'make voices distinct'),
  task('writing', 'plot_outline', 'plot', [2500, 2000], 'outline a plot'),
  task('writing', 'plot_consistency', 'plot', [12000, 1200], 'find holes and contradictions'),
  task('writing', 'character_profile', 'character', [2000, 1500], 'describe a character'),
  task('writing', 'character_consistency', 'character', [12000, 1000], 'check what characters know and want'),
  task('writing', 'theme_analysis', 'analysis', [8000, 1500], 'name and trace themes'),
  task('writing', 'pacing_analysis', 'analysis', [12000, 1200], 'judge tempo and tension'),
  task('writing', 'health_check_review', 'editing', [10000, 1500], 'review a manuscript as a whole'),
  task('writing', 'copy_edit', 'editing', [4000, 4000], 'correct language and style'),
  task('writing', 'summary', 'speed', [6000, 500], 'shorten a text'),
  task('writing', 'tagging', 'speed', [2000, 200], 'label a text'),
  task('trading', 'forecast', 'forecasting', [3500, 600], 'probability of a proposition'),
  task('trading', 'brief', 'research', [8000, 1500], 'write a research brief'),
  task('trading', 'brief_check', 'research', [5000, 300], 'verify a brief'),
  task('trading', 'fundamentals_review', 'financial_reasoning', [6000, 900], 'read statements and ratios'),
  task('trading', 'valuation_review', 'financial_reasoning', [6000, 900], 'judge price against value'),
  task('trading', 'technicals_review', 'technical_analysis', [4000, 700], 'read prices and volume'),
  task('trading', 'sentiment_review', 'analysis', [5000, 600], 'read the mood of the news'),
  task('trading', 'news_digest', 'speed', [6000, 500], 'shorten headlines'),
  task('trading', 'style_review', 'financial_reasoning', [6000, 700], 'judge by a named style of investing'),
  task('trading', 'risk_review', 'risk', [5000, 800], 'find what can go wrong'),
  task('trading', 'critique', 'risk', [4500, 600], 'contest other forecasts'),
];

/** @throws RangeError naming the accepted task types. */
export const taskType = (type: string): TaskType => {
  const found = TASK_TYPES.find((one) => one.type === type);
  if (found) return found;
  const accepted = TASK_TYPES.map((one) => one.type).join(', ');
  throw new RangeError(`task "${type}" is not known; accepted: ${accepted}`);
};
