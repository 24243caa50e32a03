// Calls the API of the same server; a token, where one is needed, is kept for this tab only.

const TOKEN = 'conclave-token';

class ApiProblem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The server answered ${status}`);
    this.status = status;
    this.fields = problem.errors ?? [];
  }
}

export const setToken = (token) => sessionStorage.setItem(TOKEN, token);

const headersOf = (more = {}) => {
  const token = sessionStorage.getItem(TOKEN);
  return { ...more, ...(token ? { authorization: `Bearer ${token}` } : {}) };
};

/** A token that is refused is forgotten: each further try of it would count, until the right one is refused too. */
const refusal = (status, problem) => {
  if (status === 401) sessionStorage.removeItem(TOKEN);
  return new ApiProblem(status, problem);
};

const call = async (method, path, body, more = {}) => {
  const answer = await fetch(path, {
    method,
    headers: headersOf({ ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiProblem(0, { detail: 'The server does not answer. Start it with: conclave up' });
  });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refusal(answer.status, json);
  return json;
};

export const get = (path) => call('GET', path);
export const put = (path, body) => call('PUT', path, body);
export const remove = (path) => call('DELETE', path);
export const post = (path, body, headers) => call('POST', path, body, headers);

const parseBlock = (block) => {
  const event = { id: null, event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const [, name, value] = /^(id|event|data): ?(.*)$/s.exec(line) ?? [];
    if (name) event[name] = name === 'data' ? event.data + value : value;
  }
  return event;
};

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The events of one connection, until it ends or is cut. */
const eventsOf = async function* (path, lastId, signal) {
  const headers = headersOf(lastId ? { 'last-event-id': lastId } : {});
  const answer = await fetch(path, { signal, headers });
  if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => ({})));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    yield* blocks.map(parseBlock).filter(({ data }) => data !== '');
  }
};

/** What a cut connection reads as: its end. A refusal stays one. */
const asEnd = (error) => {
  if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) throw error;
  return { done: true };
};

/**
 * Follows a stream of server-sent events over cuts, resuming after the last id, until `end` or `signal`. What the
 * listener throws ends it: asking again would hand over the rest one fault at a time.
 */
export const follow = async (path, listener, signal) => {
  let lastId = null;
  for (;;) {
    const events = eventsOf(path, lastId, signal);
    for (;;) {
      const { value, done } = await events.next().catch(asEnd);
      if (signal.aborted) return;
      if (done) break;
      lastId = value.id ?? lastId;
      listener(value.event, JSON.parse(value.data));
      if (value.event === 'end') return;
    }
    await wait(1000);
  }
};
