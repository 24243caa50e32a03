// The time and the number of calls that providers have where nothing is configured, and where it is.
import { lostAfterSeconds } from '../../activities/provider-watch';
import type { Config } from '../../config/load';
import type { ProviderSettings } from '../../config/provider-settings';
import { callDeadlines, callsAtOnce } from '../../workers/configured-providers';

const provider = (
  name: string,
  kind: string,
  baseUrl: string | null,
  more: Partial<ProviderSettings> = {},
) => ({
  ...{ name, kind, baseUrl, callDeadlineSeconds: null, atOnce: null },
  ...more,
});

const config = {
  providers: [
    provider('openai', 'openai', null),
    provider('deepseek', 'deepseek', 'http://127.0.0.1:9/v1'),
    provider('ollama', 'ollama', 'http://192.168.1.20:11434'),
    provider('local', 'openai-compatible', 'http://localhost:8080/v1'),
    provider('lan', 'openai-compatible', 'http://192.168.1.20:8000/v1'),
    provider('vllm', 'openai-compatible', 'http://127.0.0.1:8000/v1', {
      callDeadlineSeconds: 60,
      atOnce: 64,
    }),
  ],
} as unknown as Config;

it('servers of this machine and Ollama have ten minutes for a call, unless told otherwise', () => {
  expect([...callDeadlines(config)]).toEqual([
    ['ollama', 600_000],
    ['local', 600_000],
    ['vllm', 60_000],
  ]);
});

it('Ollama has two calls under way, others as many as they are told', () => {
  expect([...callsAtOnce(config)]).toEqual([
    ['ollama', 2],
    ['vllm', 64],
  ]);
});

it('a reservation counts as lost only when no call may still be under way', () => {
  expect(lostAfterSeconds({ callDeadlines: callDeadlines(config) })).toBe(900);
  expect(lostAfterSeconds({ callDeadlines: new Map([['desk', 1_800_000]]) })).toBe(2_100);
  expect(lostAfterSeconds({})).toBe(900);
});
