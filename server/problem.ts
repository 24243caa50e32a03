// Every refusal leaves as application/problem+json (RFC 9457): what is wrong, in which field, and what is accepted.

import { z } from '@hono/zod-openapi';
import type { FieldError } from '../client/field-errors';
import { grpcCode } from '../client/grpc-code';
import { BadInput } from '../client/inputs';
import { ResearchFailed } from '../client/research';
import { NoWorker } from '../client/worker-presence';
import { redact } from '../config/redact';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'One entry per wrong field, with the accepted form.' }),
  })
  .openapi('Problem');

export type { FieldError };

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/** A refusal with its status; thrown anywhere in a handler. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly fields: readonly FieldError[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

const slug = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const body = (
  status: number,
  title: string,
  detail: string,
  fields: readonly FieldError[] = [],
): ProblemBody => ({
  type: `urn:conclave:problem:${slug(title)}`,
  title,
  status,
  detail,
  ...(fields.length > 0 ? { errors: fields } : {}),
});

export const notFound = (what: string, id: string): Refusal =>
  new Refusal(404, 'Not found', `${what} ${JSON.stringify(id.slice(0, 200))} is not known`);

/** Where a domain error says `field is ...; accepted: ...` or `field "..." ...; accepted: ...`. */
const namedField = (message: string): readonly FieldError[] => {
  const match = /^([\w.[\]-]{1,80})[\s:]/.exec(message);
  return match ? [{ field: match[1]!, message }] : [];
};

const isWrongInput = (error: unknown): error is Error =>
  error instanceof BadInput || (error instanceof RangeError && error.message.includes('accepted:'));

const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|Connection terminated|timeout exceeded when trying|57P0/;

/** Codes of gRPC under which the same request may pass later: cancelled, too late, exhausted, unavailable. */
const PASSING = new Set([1, 4, 8, 14]);
/** What Temporal says to a query that no worker has been there to answer for a while. */
const FAILED_PRECONDITION = 9;

const isUnreachable = (error: unknown): boolean =>
  PASSING.has(grpcCode(error) ?? 0) ||
  UNREACHABLE.test(error instanceof Error ? `${error.name} ${error.message}` : '');

export interface Problem {
  readonly body: ProblemBody;
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the fault is ours and belongs in the log. */
  readonly log: boolean;
}

/** What a thrown value means to the caller; anything unforeseen says nothing of its inside. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Refusal)
    return {
      body: body(error.status, error.title, redact(error.message), error.fields),
      headers: error.headers,
      log: false,
    };
  if (isWrongInput(error)) {
    const message = redact(error.message);
    return { body: body(400, 'Bad input', message, namedField(message)), headers: {}, log: false };
  }
  if (error instanceof ResearchFailed)
    return { body: body(502, 'Research failed', redact(error.message)), headers: {}, log: false };
  if (error instanceof NoWorker)
    return { body: body(503, 'No worker', error.message), headers: { 'retry-after': '10' }, log: false };
  if (grpcCode(error) === FAILED_PRECONDITION)
    return {
      body: body(503, 'No worker', 'No worker takes work just now, so nobody can say how far this is'),
      headers: { 'retry-after': '10' },
      log: true,
    };
  if (isUnreachable(error))
    return {
      body: body(
        503,
        'Not available',
        'Postgres or Temporal does not answer; work under way goes on by itself',
      ),
      headers: { 'retry-after': '5' },
      log: true,
    };
  return { body: body(500, 'Internal error', 'The server failed; its log says why'), headers: {}, log: true };
};
