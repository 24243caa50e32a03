// One request to the API by the fields of its operation, wherever each has its place: path, query, body or header.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { KEY_HEADER } from './field-values';
import type { OperationAt } from './open-api';

/** The object with the value at the path. */
export const put = (into: unknown, [first, ...rest]: readonly string[], value: unknown): unknown =>
  first === undefined
    ? value
    : {
        ...(into as object),
        [first]: put((into as Record<string, unknown> | undefined)?.[first], rest, value),
      };

export interface Answered {
  readonly refused: boolean;
  readonly message: string;
}

export const send = async (
  app: OpenAPIHono,
  at: OperationAt,
  given: Readonly<Record<string, unknown>>,
): Promise<Answered> => {
  const names = at.operation.parameters ?? [];
  const inPlace = (place: string) => names.filter((one) => one.in === place && given[one.name] !== undefined);
  const path = inPlace('path')
    .reduce((url, { name }) => url.replace(`{${name}}`, encodeURIComponent(String(given[name]))), at.path)
    .replace(/\{\w+\}/g, 'c');
  const query = new URLSearchParams(
    inPlace('query').map(({ name }): [string, string] => [name, String(given[name])]),
  );
  const body = Object.fromEntries(
    Object.entries(given).filter(([name]) => name !== KEY_HEADER && !names.some((one) => one.name === name)),
  );
  const answer = await app.request(`http://localhost${path}?${query}`, {
    method: at.method.toUpperCase(),
    headers: {
      host: 'localhost',
      ...(at.operation.requestBody ? { 'content-type': 'application/json' } : {}),
      ...(given[KEY_HEADER] === undefined ? {} : { [KEY_HEADER]: String(given[KEY_HEADER]) }),
    },
    ...(at.operation.requestBody ? { body: JSON.stringify(body) } : {}),
  });
  const problem = (await answer.json()) as { detail: string; errors?: readonly { message: string }[] };
  const message = problem.errors?.[0]?.message ?? problem.detail;
  return {
    refused: answer.status === 400 || (answer.status === 404 && /; accepted:/.test(message)),
    message,
  };
};
