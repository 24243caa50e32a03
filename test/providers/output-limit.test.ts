// By which name the output limit is sent to servers that speak OpenAI's form: OpenAI's newer models refuse the older one.
import { generateText } from 'ai';
import { openAiForm } from '../../providers/hosted-kind';

const REPLY = {
  id: 'x',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

it.each([
  ['gpt-5.4-mini', 'max_completion_tokens'],
  ['gpt-6-sol', 'max_completion_tokens'],
  ['openai/o3', 'max_completion_tokens'],
  ['gpt-4.1', 'max_tokens'],
  ['gpt-oss-20b', 'max_tokens'],
  ['qwen3:8b', 'max_tokens'],
])('%s is sent %s', async (modelId, name) => {
  const bodies: Record<string, unknown>[] = [];
  const fetch: typeof globalThis.fetch = async (_address, request) => {
    bodies.push(JSON.parse(String(request?.body)) as Record<string, unknown>);
    return new Response(JSON.stringify(REPLY), { headers: { 'content-type': 'application/json' } });
  };
  const baseURL = 'http://127.0.0.1:9/v1';
  const model = await openAiForm({ name: 'openai', modelId, baseURL, apiKey: 'k', fetch });
  await generateText({ model, prompt: 'Yes?', maxOutputTokens: 7, maxRetries: 0 });
  expect(bodies).toHaveLength(1);
  const limits = Object.entries(bodies[0]!).filter(([field]) => /^max_/.test(field));
  expect(limits).toEqual([[name, 7]]);
});
