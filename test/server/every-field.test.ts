// Every field of every operation, as the OpenAPI document has it: a wrong type, a value out of range, a missing and an
// unknown field are refused with 400, naming the field and the accepted form, before anything is read or started.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createApp } from '../../server/app';
import {
  bodyOf,
  type OpenApi,
  type OperationAt,
  operationsOf,
  requiredOf,
  resolvedIn,
  type Schema,
  sampleOf,
} from '../support/open-api';
import { serverContextWithoutStores } from '../support/server-context';

let app: OpenAPIHono;
let document: OpenApi;

beforeAll(async () => {
  app = createApp(serverContextWithoutStores());
  const answer = await app.request('http://localhost/api/v1/openapi.json', {
    headers: { host: 'localhost' },
  });
  document = (await answer.json()) as OpenApi;
});

/** Of another type than any that the schema allows. */
const wrongTypes = (schema: Schema): readonly unknown[] => {
  const types = typesOf(schema);
  if (types.size === 0) return [];
  const values: readonly (readonly [string, unknown])[] = [
    ['string', 'text'],
    ['number', 7.25],
    ['boolean', true],
    ['array', [{}]],
    ['object', { no_such_field: 1 }],
  ];
  return values.flatMap(([type, value]) =>
    types.has(type) || (type === 'number' && types.has('integer')) ? [] : [value],
  );
};

/** Empty where anything is allowed. */
const typesOf = (given: Schema): ReadonlySet<string> => {
  const schema = resolvedIn(document, given);
  if (schema.anyOf) {
    const all = schema.anyOf.map(typesOf);
    return all.some(({ size }) => size === 0) ? new Set() : new Set(all.flatMap((one) => [...one]));
  }
  if (schema.type) return new Set([schema.type].flat());
  return new Set((schema.enum ?? []).map((value) => typeof value));
};

/** Of the right type, and outside what the schema allows. */
const outside = (given: Schema): readonly unknown[] => {
  const schema = resolvedIn(document, given);
  const { enum: values, minimum, maximum, minLength, maxLength, minItems, maxItems, type } = schema;
  if (values) return ['no-such-value'];
  return [
    ...(minimum !== undefined && minimum > -1e9 ? [minimum - 1] : []),
    ...(maximum !== undefined && maximum < 1e15 ? [maximum + 1] : []),
    ...(type === 'integer' ? [1.5] : []),
    ...((minLength ?? 0) > 0 ? [''] : []),
    ...(maxLength !== undefined && maxLength < 500_000 ? ['x'.repeat(maxLength + 1)] : []),
    ...((minItems ?? 0) > 0 ? [[]] : []),
    ...(maxItems !== undefined && schema.items
      ? [Array.from({ length: maxItems + 1 }, () => sampleOf(document, schema.items!))]
      : []),
  ];
};

interface Mistake {
  readonly field: string;
  readonly url: string;
  readonly body?: unknown;
}

const withQuery = (url: string, name: string, value: unknown): string =>
  `${url}?${name}=${encodeURIComponent(String(value))}`;

const inQuery = (url: string, { operation }: OperationAt): readonly Mistake[] =>
  (operation.parameters ?? [])
    .filter((one) => one.in === 'query')
    .flatMap(({ name, schema }) => {
      const types = typesOf(schema);
      const isText = types.has('string') && !resolvedIn(document, schema).enum;
      const wrong = [...(isText || types.size === 0 ? [] : ['no-such-value']), ...outside(schema)];
      return wrong.map((value) => ({ field: name, url: withQuery(url, name, value) }));
    });

const inBody = (url: string, { operation }: OperationAt): readonly Mistake[] => {
  const form = bodyOf(document, operation);
  if (!form?.properties) return [];
  const right = requiredOf(document, form);
  const without = (name: string) => Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
  return [
    ...Object.entries(form.properties).flatMap(([field, schema]) =>
      [...wrongTypes(schema), ...outside(schema)].map((value) => ({
        ...{ field, url },
        body: { ...right, [field]: value },
      })),
    ),
    ...(form.required ?? []).map((field) => ({ field, url, body: without(field) })),
    ...(form.additionalProperties === false
      ? [{ field: 'no_such_field', url, body: { ...right, no_such_field: 1 } }]
      : []),
  ];
};

const mistakesOf = (at: OperationAt): readonly Mistake[] => {
  const inPath = (at.operation.parameters ?? []).filter((one) => one.in === 'path');
  const url = inPath.reduce(
    (path, { name, schema }) =>
      path.replace(`{${name}}`, encodeURIComponent(String(sampleOf(document, schema)))),
    `http://localhost${at.path}`,
  );
  return [...inQuery(url, at), ...inBody(url, at)];
};

interface Refusal {
  readonly status: number;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

const ask = async (method: string, { url, body }: Mistake): Promise<Refusal> => {
  const answer = await app.request(url, {
    method: method.toUpperCase(),
    headers: { host: 'localhost', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { ...((await answer.json()) as Refusal), status: answer.status };
};

/** `models.0` and `event.symbols` name the field too. */
const names = ({ errors = [] }: Refusal, field: string): boolean =>
  errors.some((one) => one.field.split('.').includes(field) && /; accepted: \S/.test(one.message));

it('is refused by its name and the accepted form', async () => {
  const passed: string[] = [];
  const fields = new Set<string>();
  for (const at of operationsOf(document)) {
    for (const mistake of mistakesOf(at)) {
      const refusal = await ask(at.method, mistake);
      fields.add(`${at.operation.operationId} ${mistake.field}`);
      if (refusal.status === 400 && names(refusal, mistake.field)) continue;
      const given = JSON.stringify(mistake.body ?? mistake.url).slice(0, 120);
      passed.push(
        `${at.operation.operationId} ${mistake.field} ${given}: ${JSON.stringify(refusal).slice(0, 200)}`,
      );
    }
  }
  expect(passed).toEqual([]);
  expect(fields.size).toBeGreaterThan(150);
}, 120_000);
