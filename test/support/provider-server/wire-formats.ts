// The four wire formats the server speaks, reduced to one call on the way in and built from one reply on
// the way out.

type Json = Readonly<Record<string, unknown>>;

const APIS = ['chat', 'responses', 'messages', 'ollama'] as const;
export type Api = (typeof APIS)[number];

export interface WireCall {
  readonly api: Api;
  readonly model: string;
  /** Texts of all messages, in order. */
  readonly prompt: string;
  readonly roles: readonly string[];
  readonly cacheMarked: boolean;
  readonly schema: Json | null;
  readonly schemaName: string;
  /** True when the schema came as a forced tool (Anthropic's older models). */
  readonly asTool: string | null;
}

export interface WireReply {
  readonly text: string;
  readonly finish: 'stop' | 'length' | 'content_filter' | null;
  readonly usage: WireUsage | null;
  /** No choice, no content block, no output item. */
  readonly noChoices: boolean;
}

export interface WireUsage {
  /** All input tokens, the cached included. */
  readonly input: number;
  readonly cached: number;
  /** All output tokens, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => String(object(part).text ?? ''))
    .join('\n');
};

/** DeepSeek's client writes the schema into the system message, as its API has no field for it. */
const schemaInText = (prompt: string): Json | null => {
  const start = prompt.search(/\{"?(type|\$schema|properties)"?/);
  if (start < 0) return null;
  for (let end = prompt.indexOf('\n', start); ; end = prompt.indexOf('\n', end + 1)) {
    try {
      return object(JSON.parse(prompt.slice(start, end < 0 ? undefined : end)));
    } catch {
      if (end < 0) return null;
    }
  }
};

const schemaOf = (
  api: Api,
  body: Json,
  prompt: string,
): { schema: Json | null; name: string; tool: string | null } => {
  const found = (schema: unknown, name: unknown, tool: string | null = null) => ({
    schema: schema ? object(schema) : null,
    name: String(name ?? ''),
    tool,
  });
  if (api === 'chat') {
    const format = object(body.response_format);
    const json = object(format.json_schema);
    return found(json.schema ?? (format.type === 'json_object' ? schemaInText(prompt) : null), json.name);
  }
  if (api === 'responses') {
    const format = object(object(body.text).format);
    return found(format.schema, format.name);
  }
  if (api === 'ollama') return found(body.format, '');
  const format = object(object(body.output_config).format ?? body.output_format);
  const tool = object(list(body.tools)[0]);
  return tool.input_schema
    ? found(tool.input_schema, tool.name, String(tool.name))
    : found(format.schema, '');
};

/** Reads a request body of the given api. */
export const readWireCall = (api: Api, body: Json): WireCall => {
  const messages = [
    ...(body.system ? [{ role: 'system', content: body.system }] : []),
    ...(body.instructions ? [{ role: 'system', content: body.instructions }] : []),
    ...list(body.messages ?? body.input),
  ].map(object);
  const prompt = messages.map((message) => textOf(message.content)).join('\n');
  const { schema, name, tool } = schemaOf(api, body, prompt);
  return {
    api,
    model: String(body.model ?? ''),
    prompt,
    roles: messages.map((message) => String(message.role)),
    cacheMarked: JSON.stringify(messages).includes('"cache_control"'),
    schema,
    schemaName: name,
    asTool: tool,
  };
};

const chatBody = (call: WireCall, id: string, reply: WireReply): Json => ({
  id,
  object: 'chat.completion',
  created: 1_760_000_000,
  model: call.model,
  choices: reply.noChoices
    ? []
    : [{ index: 0, message: { role: 'assistant', content: reply.text }, finish_reason: reply.finish }],
  ...(reply.usage && {
    usage: {
      prompt_tokens: reply.usage.input,
      completion_tokens: reply.usage.output,
      total_tokens: reply.usage.input + reply.usage.output,
      prompt_tokens_details: { cached_tokens: reply.usage.cached },
      completion_tokens_details: { reasoning_tokens: reply.usage.reasoning },
    },
  }),
});

const RESPONSE_STATUS = { stop: 'completed', length: 'incomplete', content_filter: 'incomplete' } as const;
const INCOMPLETE_REASON = { length: 'max_output_tokens', content_filter: 'content_filter' } as const;

const responsesBody = (call: WireCall, id: string, reply: WireReply): Json => ({
  id,
  object: 'response',
  created_at: 1_760_000_000,
  model: call.model,
  status: reply.finish === null ? 'in_progress' : RESPONSE_STATUS[reply.finish],
  incomplete_details:
    reply.finish === 'length' || reply.finish === 'content_filter'
      ? { reason: INCOMPLETE_REASON[reply.finish] }
      : null,
  output: reply.noChoices
    ? []
    : [
        {
          type: 'message',
          id: `msg_${id}`,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: reply.text, annotations: [] }],
        },
      ],
  ...(reply.usage && {
    usage: {
      input_tokens: reply.usage.input,
      output_tokens: reply.usage.output,
      total_tokens: reply.usage.input + reply.usage.output,
      input_tokens_details: { cached_tokens: reply.usage.cached },
      output_tokens_details: { reasoning_tokens: reply.usage.reasoning },
    },
  }),
});

const STOP_REASON = { stop: 'end_turn', length: 'max_tokens', content_filter: 'refusal' } as const;

const toolInput = (text: string): unknown => {
  try {
    const input: unknown = JSON.parse(text);
    // A real tool's input is an object; anything else stays the text it was.
    return typeof input === 'object' && input !== null ? input : text;
  } catch {
    return text;
  }
};

const messagesBody = (call: WireCall, id: string, reply: WireReply): Json => ({
  id,
  type: 'message',
  role: 'assistant',
  model: call.model,
  content: reply.noChoices
    ? []
    : call.asTool === null
      ? [{ type: 'text', text: reply.text }]
      : [{ type: 'tool_use', id: `toolu_${id}`, name: call.asTool, input: toolInput(reply.text) }],
  stop_reason:
    reply.finish === null
      ? null
      : call.asTool !== null && reply.finish === 'stop'
        ? 'tool_use'
        : STOP_REASON[reply.finish],
  stop_sequence: null,
  ...(reply.usage && {
    usage: {
      input_tokens: reply.usage.input - reply.usage.cached,
      cache_read_input_tokens: reply.usage.cached,
      cache_creation_input_tokens: 0,
      output_tokens: reply.usage.output,
    },
  }),
});

const ollamaBody = (call: WireCall, _id: string, reply: WireReply): Json => ({
  model: call.model,
  created_at: '2025-10-09T08:53:20.000Z',
  ...(reply.noChoices ? {} : { message: { role: 'assistant', content: reply.text } }),
  done: reply.finish !== null,
  ...(reply.finish && { done_reason: reply.finish }),
  ...(reply.usage && { prompt_eval_count: reply.usage.input, eval_count: reply.usage.output }),
});

const BODIES = {
  chat: chatBody,
  responses: responsesBody,
  messages: messagesBody,
  ollama: ollamaBody,
} as const;

/** The body of a 200 in the call's own format. */
export const replyBody = (call: WireCall, id: string, reply: WireReply): Json =>
  BODIES[call.api](call, id, reply);

/** The body of an error in the call's own format. */
export const errorBody = (api: Api, type: string, message: string): Json => {
  if (api === 'messages') return { type: 'error', error: { type, message } };
  if (api === 'ollama') return { error: message };
  return { error: { message, type, param: null, code: type } };
};
