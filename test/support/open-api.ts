// The API on a database of its own, where no worker runs: its OpenAPI document, as tests that ask every operation
// read it, and what it logged as its own fault.
import { type ConclaveClient, connectClient } from '../../client/connect';
import type { ServeOptions } from '../../server/serve';
import { seedModels } from '../../workers/seed-models';
import { type FreshDatabase, freshDatabase, testStack } from './test-stack';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: boolean | Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

export interface Documented {
  readonly operationId: string;
  readonly 'x-conclave-scope': 'none' | 'read' | 'run' | 'admin';
  readonly responses: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface OperationAt {
  readonly method: string;
  readonly path: string;
  readonly operation: Documented;
}

/** Every operation with where it is. */
export const operationsOf = ({ paths }: OpenApi): readonly OperationAt[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** The schema that a reference means. */
export const resolvedIn = ({ components }: OpenApi, schema: Schema): Schema =>
  schema.$ref ? components.schemas[schema.$ref.split('/').at(-1)!]! : schema;

/** The form of the operation's body, null where it takes none. */
export const bodyOf = (document: OpenApi, { requestBody }: Documented): Schema | null =>
  requestBody ? resolvedIn(document, requestBody.content['application/json'].schema) : null;

/** The smallest right value. */
export const sampleOf = (document: OpenApi, given: Schema): unknown => {
  const schema = resolvedIn(document, given);
  const known = schema.example ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined) return known;
  const [type] = [schema.type].flat();
  if (schema.anyOf) return sampleOf(document, schema.anyOf[0]!);
  if (type === 'object') return requiredOf(document, schema);
  if (type === 'array') return schema.items ? [sampleOf(document, schema.items)] : [];
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
  return 'text-of-a-test';
};

/** A right object with what is required and nothing else. */
export const requiredOf = (
  document: OpenApi,
  { properties = {}, required = [] }: Schema,
): Record<string, unknown> =>
  Object.fromEntries(required.map((name) => [name, sampleOf(document, properties[name] ?? {})]));

export interface WorkerlessApi {
  readonly client: ConclaveClient;
  /** For `serve` or `buildApp`. */
  readonly options: ServeOptions;
  /** Log lines of requests that failed by our fault. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** What an API needs, on a database that no other test sees; nothing is served yet. */
export const workerlessApi = async (
  more: { readonly payloadKeysName?: string } = {},
): Promise<WorkerlessApi> => {
  const database: FreshDatabase = await freshDatabase();
  const { temporal } = await testStack();
  const client = await connectClient({ databaseUrl: database.url, temporal, ...more });
  // As the first worker does; without models some operations would wait for it.
  await seedModels(client.stores.registry, []);
  const faults: string[] = [];
  const logger = {
    error: (line: unknown) => faults.push(JSON.stringify(line)),
  } as unknown as ServeOptions['logger'];
  return {
    client,
    options: { client, config: { providers: [] }, host: '127.0.0.1', port: 0, logger, workerWaitMs: 0 },
    faults,
    close: async () => {
      await client.close();
      await database.drop();
    },
  };
};
