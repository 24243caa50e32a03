// What the boards of a session and of a panel say at their end.
import { answeredBy } from '../../cli/answered-by';

const member = (model: string, provider: string, status = 'answered') => ({ model, provider, status });

test('a board says that only statistics answered, and how to have language models', () => {
  expect(answeredBy([member('house-trend', 'house'), member('gpt-5-mini', 'openai', 'failed')])).toBe(
    'answered by house statistics only; set a key (conclave init) for language models',
  );
});

test('a board counts each model that answered once, by what it is', () => {
  const twice = [
    member('gpt-5-mini', 'openai'),
    member('house-trend', 'house'),
    member('house-base', 'house'),
  ];
  expect(answeredBy([...twice, ...twice, member('grok-4.3', 'xai', 'failed')])).toBe(
    'answered by 1 language model and 2 house statistics',
  );
  expect(answeredBy([member('a', 'recorded'), member('b', 'recorded')])).toBe(
    'answered by 2 recorded forecasters',
  );
  expect(answeredBy([])).toBe('answered by nobody');
});
