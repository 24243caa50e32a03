// One description per operation: it validates, types, guards and documents, so that these cannot disagree.

import { randomUUID } from 'node:crypto';
import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { fieldErrors } from '../client/field-errors';
import { UNSTORABLE_TEXT, unstorableText } from '../domain/storable';
import { askerOf, assertAccess, type Scope } from './access';
import type { ServerContext } from './context';
import { onceByKey, readKey, requestKeyOf } from './idempotency';
import { problemSchema, Refusal } from './problem';

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

type Fields = z.ZodObject;
export type Nothing = z.ZodObject<Record<never, never>>;

export interface Call<P extends Fields, Q extends Fields, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  /** Of the Idempotency-Key, else random: names the work that this request means. */
  readonly requestKey: string;
  /**
   * The same where an Idempotency-Key was sent, else null: for rows that no workflow keeps from being written twice,
   * since two equal requests that come at once both run.
   */
  readonly onceKey: string | null;
  /**
   * The same request was begun before under its Idempotency-Key and its end was lost: what it asks for may have been
   * done by it, and is then answered as its own.
   */
  readonly begunBefore: boolean;
  readonly context: ServerContext;
}

export interface OperationForm<P extends Fields, Q extends Fields, B extends z.ZodType, R extends z.ZodType> {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** What the summary has no room for. */
  readonly description?: string;
  /** Null: open to all. */
  readonly scope: Scope | null;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly response: R;
  /** Default 200. */
  readonly status?: 200 | 201 | 202;
  /** Takes an Idempotency-Key and answers repetitions from the first. */
  readonly keyed?: boolean;
  /** Starts work: refused with 503 while no worker would take it. */
  readonly needsWorker?: boolean;
  handle(call: Call<P, Q, B>): Promise<DeepReadonly<z.input<R>>>;
}

export interface Operation {
  readonly id: string;
  readonly scope: Scope | null;
  mount(app: OpenAPIHono, context: ServerContext): void;
}

const read = <T extends z.ZodType>(schema: T | undefined, input: unknown, place: string): z.output<T> => {
  const bad = unstorableText(input);
  if (bad) {
    const message = `${bad} ${UNSTORABLE_TEXT}`;
    throw new Refusal(400, 'Bad input', message, [{ field: bad, message }]);
  }
  if (!schema) return {} as z.output<T>;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error, input, place);
  throw new Refusal(400, 'Bad input', errors[0]?.message ?? `${place} is malformed`, errors);
};

const readBody = async (c: Context, schema: z.ZodType | undefined): Promise<unknown> => {
  if (!schema) return {};
  const type = c.req.header('content-type') ?? '';
  const text = await c.req.text();
  if (text !== '' && !/^application\/json\b/i.test(type))
    throw new Refusal(
      415,
      'Unsupported type',
      `Content-Type is "${type.slice(0, 80)}"; accepted: application/json`,
    );
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Bad input', 'The body is not JSON; accepted: one JSON document', [
      { field: 'body', message: 'body is not JSON; accepted: one JSON document' },
    ]);
  }
};

export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

const responsesOf = (
  form: Pick<
    OperationForm<Fields, Fields, z.ZodType, z.ZodType>,
    'status' | 'response' | 'summary' | 'needsWorker'
  >,
) => ({
  [form.status ?? 200]: {
    description: form.summary,
    content: { 'application/json': { schema: form.response } },
  },
  400: problemResponse('A field is wrong; the problem names it and the accepted form'),
  401: problemResponse('A token is needed'),
  403: problemResponse("The token's scope is too small, or the request comes from another origin"),
  ...(form.needsWorker ? { 503: problemResponse('No worker takes work just now') } : {}),
  default: problemResponse('Any other refusal'),
});

const KEYED = 'With an Idempotency-Key the same request again gets the answer of the first.';

const document = <P extends Fields, Q extends Fields, B extends z.ZodType, R extends z.ZodType>(
  app: OpenAPIHono,
  form: OperationForm<P, Q, B, R>,
): void => {
  const description = form.description ?? (form.keyed ? KEYED : null);
  app.openAPIRegistry.registerPath({
    method: form.method,
    path: form.path,
    operationId: form.id,
    summary: form.summary,
    ...(description === null ? {} : { description }),
    tags: [form.tag],
    security: form.scope ? [{ bearer: [] }, {}] : [],
    'x-conclave-scope': form.scope ?? 'none',
    request: {
      ...(form.params ? { params: form.params } : {}),
      ...(form.query ? { query: form.query } : {}),
      ...(form.body
        ? { body: { required: true, content: { 'application/json': { schema: form.body } } } }
        : {}),
    },
    responses: responsesOf(form),
  });
};

/** Cursor, ids and filters never repeat: the last of several equal names counts. */
const queryOf = (c: Context): Record<string, string> => c.req.query();

/** `/sessions/{id}` as Hono writes it. */
export const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

export const operation = <
  R extends z.ZodType,
  P extends Fields = Nothing,
  Q extends Fields = Nothing,
  B extends z.ZodType = Nothing,
>(
  form: OperationForm<P, Q, B, R>,
): Operation => ({
  id: form.id,
  scope: form.scope,
  mount: (app, context) => {
    document(app, form);
    app.on(form.method.toUpperCase(), honoPath(form.path), async (c) => {
      c.set('operation' as never, form.id as never);
      if (form.scope) await assertAccess(context, askerOf(c), form.scope);
      const params = read(form.params, c.req.param(), 'path');
      const query = read(form.query, queryOf(c), 'query');
      const body = read(form.body, await readBody(c, form.body), 'body');
      const key = form.keyed ? readKey(c.req.header('idempotency-key')) : null;
      const status = form.status ?? 200;
      if (form.needsWorker) await context.workers.assertPresent();
      const onceKey = key === null ? null : requestKeyOf(key);
      const requestKey = onceKey ?? randomUUID().slice(0, 8);
      const work = async (begunBefore: boolean) => ({
        status,
        body: await form.handle({ params, query, body, requestKey, onceKey, begunBefore, context }),
      });
      if (key === null) return c.json((await work(false)).body as object, status);
      const answer = await onceByKey(
        context.client.stores.requests,
        { key, operation: form.id, input: { params, query, body } },
        work,
      );
      if (answer.repeated) c.header('Idempotency-Replayed', 'true');
      return c.json(answer.body as object, answer.status as ContentfulStatusCode);
    });
  },
});
