// Room for an answer, and beside it for the thoughts of models that think unasked.
import { outputRoom } from '../../domain/selection/output-room';

const room = (providerModel: string, maxOutputTokens = 64_000) =>
  outputRoom({ providerModel, maxOutputTokens }, 'forecast');

it.each([
  'gpt-5-mini-2025-08-07',
  'gpt-6-sol',
  'o3',
  'openai/gpt-oss-20b',
  'gpt-oss:20b',
  'claude-fable-5-1',
  'anthropic/claude-opus-5-5',
  'deepseek-v4-flash',
  'deepseek-r1:8b',
  'grok-4.3',
  'google/gemini-3.1-pro',
  'qwen/qwen3-235b-a22b',
  'moonshotai/kimi-k3',
])('%s has room for its thoughts beside the answer', (model) => {
  expect(room(model)).toBe(8_000);
});

it.each([
  'gpt-4o-mini',
  'gpt-5-chat-latest',
  'claude-sonnet-4-5-20250929',
  'deepseek-chat',
  'grok-4-1-fast-non-reasoning',
  'google/gemini-2.5-flash-lite',
  'qwen3-4b-instruct-2507',
  'mistral-small',
  'llama3.2:3b',
])('%s has room for its answer alone', (model) => {
  expect(room(model)).toBe(4_000);
});

it('the room is never more than the model can write', () => {
  expect(room('deepseek-r1:8b', 4_096)).toBe(4_096);
});

it('the check of a brief leaves a thinking model as much for its thoughts as any answer', () => {
  const model = { providerModel: 'gpt-6-luna', maxOutputTokens: 128_000 };
  expect(outputRoom(model, 'brief_check')).toBe(5_500);
});
