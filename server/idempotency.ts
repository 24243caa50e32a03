// Idempotency-Key: the same key with the same request gets the first answer, with another request it is refused.
import { createHash } from 'node:crypto';
import { readField, requestKey } from '../client/fields';
import type { ServerContext } from './context';
import { Refusal } from './problem';

export interface KeyedRequest {
  readonly key: string;
  readonly operation: string;
  /** Everything that shapes the request. */
  readonly input: unknown;
}

export interface KeyedAnswer {
  readonly status: number;
  readonly body: unknown;
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws Refusal for a key that is none. */
export const readKey = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  return readField('Idempotency-Key', requestKey, header);
};

/** The workflow's own key: the same Idempotency-Key always attaches to the same work. */
export const requestKeyOf = (key: string): string => sha256(key).slice(0, 16);

type Requests = ServerContext['client']['stores']['requests'];

type Kept = KeyedAnswer & { readonly repeated: boolean };

/** @param begunBefore it may have done its work already, and lost its end */
type KeyedWork = (begunBefore: boolean) => Promise<KeyedAnswer>;

/** Of this process, by its store of requests, the key and the request. */
const underWay = new WeakMap<Requests, Map<string, Promise<Kept>>>();

const underWayIn = (requests: Requests): Map<string, Promise<Kept>> => {
  const known = underWay.get(requests) ?? new Map<string, Promise<Kept>>();
  underWay.set(requests, known);
  return known;
};

/** Runs it and keeps how it ended. */
const runToEnd = async (
  requests: Requests,
  key: string,
  work: () => Promise<KeyedAnswer>,
): Promise<KeyedAnswer> => {
  const answer = await work().catch(async (error: unknown) => {
    // A refused request has ended; the same one again is tried anew, since what refused it may have passed.
    await requests.finish(key, { status: 'failed', result: null }).catch(() => undefined);
    throw error;
  });
  await requests.finish(key, { status: 'done', result: answer });
  return answer;
};

const beginAndRun = async (
  requests: Requests,
  {
    key,
    operation,
    bodyHash,
  }: { readonly key: string; readonly operation: string; readonly bodyHash: string },
  work: KeyedWork,
): Promise<Kept> => {
  const begun = await requests.begin({ key, kind: operation, bodyHash });
  if (begun.status === 'conflict')
    throw new Refusal(
      422,
      'Key used before',
      'This Idempotency-Key was used for another request; use a new one',
    );
  if (begun.status === 'repeated' && begun.row.status === 'done')
    return { ...(begun.row.result as KeyedAnswer), repeated: true };
  const begunBefore = begun.status === 'repeated';
  return { ...(await runToEnd(requests, key, () => work(begunBefore))), repeated: false };
};

/**
 * Runs `work` once per key. The same request again while the first is under way waits for its answer; one cut off
 * half-way is run again, and attaches to the same work by `requestKeyOf`.
 * @throws Refusal 422 when the key was used for something else.
 */
export const onceByKey = async (
  requests: Requests,
  { key, operation, input }: KeyedRequest,
  work: KeyedWork,
): Promise<Kept> => {
  const known = underWayIn(requests);
  const bodyHash = sha256(JSON.stringify(sorted(input)) ?? '');
  // Joined before the row is read: one read as open may have ended by the time it is here.
  const request = JSON.stringify([key, operation, bodyHash]);
  const first = known.get(request);
  if (first) return { ...(await first), repeated: true };
  const running = beginAndRun(requests, { key, operation, bodyHash }, work);
  known.set(request, running);
  try {
    return await running;
  } finally {
    known.delete(request);
  }
};
