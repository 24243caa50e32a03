// Made by scripts/list-modules.mjs: one line a file of kinds/. Not edited by hand.
import { anthropic } from './kinds/anthropic';
import { deepseek } from './kinds/deepseek';
import { google } from './kinds/google';
import { mistral } from './kinds/mistral';
import { ollama } from './kinds/ollama';
import { openai } from './kinds/openai';
import { openaiCompatible } from './kinds/openai-compatible';
import { openrouter } from './kinds/openrouter';
import { xai } from './kinds/xai';
import type { ProviderKind } from './provider-kind';

export const PROVIDER_KINDS: readonly ProviderKind[] = [
  anthropic,
  deepseek,
  google,
  mistral,
  ollama,
  openai,
  openaiCompatible,
  openrouter,
  xai,
];
