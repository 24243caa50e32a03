// What a call is for, as a task type of the model desk: bills teach estimates by it.
import type { CallTask } from '../workflows/contracts/calls';

const ANALYST_TASKS: Readonly<Record<string, string>> = {
  fundamentals: 'fundamentals_review',
  valuation: 'valuation_review',
  technicals: 'technicals_review',
  sentiment: 'sentiment_review',
  news: 'news_digest',
};

/** The task type that estimates of such a call are asked by. */
export const taskTypeOf = (task: CallTask): string => {
  switch (task.type) {
    case 'forecast':
    case 'critique':
    case 'brief':
      return task.type;
    case 'verdict':
      return 'brief_check';
    case 'analyst':
      return ANALYST_TASKS[task.analyst] ?? 'style_review';
    case 'statement':
      return 'forecast';
    case 'judgement':
    case 'text':
      return task.taskType;
  }
};
