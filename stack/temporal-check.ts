// Looks at a Temporal server through its API: does it answer, does the namespace exist, are our search
// attributes registered, and is work under way?
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { describeError } from './stack-error';

export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  /** Encrypts the connection; needed by Temporal Cloud. */
  readonly tls?: boolean;
  readonly apiKey?: string;
  readonly timeoutMs?: number;
}

/** Connection options of the SDK for a target. */
const connectionOptions = (target: TemporalTarget): ConnectionOptions => ({
  address: target.address,
  connectTimeout: target.timeoutMs ?? 5_000,
  ...(target.tls || target.apiKey ? { tls: true } : {}),
  ...(target.apiKey ? { apiKey: target.apiKey } : {}),
});

const withConnection = async <T>(
  target: TemporalTarget,
  use: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await Connection.connect(connectionOptions(target));
  try {
    return await connection.withDeadline(Date.now() + (target.timeoutMs ?? 5_000), () => use(connection));
  } finally {
    await connection.close();
  }
};

/** Null when the server and the namespace answer, else what is wrong, in a sentence. */
export const checkTemporal = async (target: TemporalTarget): Promise<string | null> => {
  try {
    await withConnection(target, (connection) =>
      connection.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    return null;
  } catch (error) {
    const text = describeError(error);
    return /NOT_FOUND|not found/i.test(text)
      ? `the server at ${target.address} has no namespace "${target.namespace}"`
      : `no Temporal server answers at ${target.address} (${text})`;
  }
};

/** Name and type of a search attribute, in the Temporal CLI's words (`Keyword`, `Text`, `Double`, ...). */
export interface SearchAttribute {
  readonly name: string;
  readonly type: string;
}

const TYPES = temporal.api.enums.v1.IndexedValueType;

const typeNumber = (type: string): number => {
  const key = `INDEXED_VALUE_TYPE_${type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;
  const value = (TYPES as unknown as Readonly<Record<string, number>>)[key];
  if (value === undefined) throw new Error(`search attribute type "${type}" is unknown to Temporal`);
  return value;
};

/** Registers the missing ones; those present are left alone. */
export const registerSearchAttributes = async (
  target: TemporalTarget,
  attributes: readonly SearchAttribute[],
): Promise<void> =>
  withConnection({ timeoutMs: 15_000, ...target }, async (connection) => {
    const { namespace } = target;
    const present = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = attributes.filter(({ name }) => !(name in (present.customAttributes ?? {})));
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, typeNumber(type)])),
    });
  });

/**
 * Tries the payload keys on the first event of a workflow that always runs. Null when they fit or there is nothing
 * to try them on, else what is wrong, in a sentence.
 */
export const checkPayloadKeys = async (
  target: TemporalTarget,
  workflowId: string,
  codec: PayloadCodec,
): Promise<string | null> => {
  const payloads = await withConnection(target, async ({ workflowService }) => {
    const { history } = await workflowService.getWorkflowExecutionHistory({
      namespace: target.namespace,
      execution: { workflowId },
      maximumPageSize: 1,
    });
    return history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  }).catch(() => []);
  return codec.decode(payloads).then(
    () => null,
    (error: unknown) => describeError(error),
  );
};

/** Number of workflows that a visibility query finds. */
export const countWorkflows = async (target: TemporalTarget, query: string): Promise<number> =>
  withConnection(target, async (connection) => {
    const client = new Client({ connection, namespace: target.namespace });
    return (await client.workflow.count(query)).count;
  });

/** Number of running workflows of these types. */
export const countRunning = (target: TemporalTarget, types: readonly string[]): Promise<number> => {
  const list = types.map((type) => `"${type}"`).join(',');
  return countWorkflows(target, `ExecutionStatus="Running" AND WorkflowType IN (${list})`);
};
