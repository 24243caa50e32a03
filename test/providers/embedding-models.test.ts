// Servers list embedders beside models that answer: one taken for the other fails every call it gets.
import { isEmbedder } from '../../providers/embedding-models';

it.each([
  { name: 'nomic-embed-text:latest' },
  { name: 'embeddinggemma:300m', families: ['gemma3'] },
  { name: 'text-embedding-3-small' },
  { name: 'BAAI/bge-m3' },
  { name: 'all-minilm:l6-v2' },
  { name: 'intfloat/e5-large-v2' },
  { name: 'qwen3-embedding:0.6b', families: ['qwen3'] },
  { name: 'paraphrase', families: ['nomic-bert'] },
  { name: 'mine', families: ['llama'], capabilities: ['embedding'] },
])('$name $families $capabilities embeds', (model) => expect(isEmbedder(model)).toBe(true));

it.each([
  { name: 'llama3.2:3b', families: ['llama'] },
  { name: 'gemma3:12b', families: [null] },
  { name: 'gpt-oss-20b' },
  { name: 'qwen2.5:7b-instruct' },
  { name: 'albert-chat-embed', families: ['llama'], capabilities: ['completion', 'tools'] },
])('$name answers', (model) => expect(isEmbedder(model)).toBe(false));
