// Looks at a Temporal server through its API: does it answer, does the namespace exist, are our search
// attributes registered, and is work under way?
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { temporalConnection } from '../config/temporal-connection';
import { describeError, StackError } from './stack-error';

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
  ...temporalConnection(target),
  connectTimeout: target.timeoutMs ?? 5_000,
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

/** A server that keeps namespaces in its memory takes seconds to know what was just registered. */
const KNOWN_WITHIN_MS = 30_000;
const INVALID_ARGUMENT = 3;

/** Whether the server takes a query on all of them, and therefore a workflow that carries them. */
const knows = async (
  { workflowService }: Connection,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<boolean> => {
  const query = attributes.map(({ name }) => `${name} IS NULL`).join(' AND ');
  try {
    await workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === INVALID_ARGUMENT) return false;
    throw error;
  }
};

/** Registers the missing ones; false where there was none. */
const registerMissing = async (
  { operatorService }: Connection,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<boolean> => {
  const present = await operatorService.listSearchAttributes({ namespace });
  const missing = attributes.filter(({ name }) => !(name in (present.customAttributes ?? {})));
  if (missing.length === 0) return false;
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, typeNumber(type)]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
  return true;
};

const listed = (attributes: readonly SearchAttribute[]): string =>
  attributes.map(({ name, type }) => `${name} (${type})`).join(', ');

/** Null where the server takes workflows that carry these attributes, else what is wrong and the way out. */
export const lackingSearchAttributes = async (
  target: TemporalTarget,
  attributes: readonly SearchAttribute[],
): Promise<StackError | null> => {
  const { namespace } = target;
  const fix = `Run \`node dist/workers/set-up.js\`, or give it these by the server's own tools: ${listed(attributes)}.`;
  const wrong = (message: string) => new StackError({ code: 'temporal_failed', message, fix });
  try {
    const isKnown = await withConnection(target, (connection) => knows(connection, namespace, attributes));
    return isKnown ? null : wrong(`the namespace "${namespace}" lacks search attributes: no work can start`);
  } catch (error) {
    return wrong(
      `the namespace "${namespace}" does not answer a query on workflows (${describeError(error)})`,
    );
  }
};

const unregistered = (namespace: string, attributes: readonly SearchAttribute[], cause: unknown) =>
  new StackError({
    code: 'temporal_failed',
    message: `Search attributes could not be registered in the namespace "${namespace}": ${describeError(cause)}.`,
    fix: `Give it these by the server's own tools, then start again: ${listed(attributes)}.`,
    cause,
  });

/**
 * Registers the missing ones and resolves when the server takes workflows that carry them; those present are left
 * alone. A managed server that lets nobody register must have them already.
 * @throws StackError `temporal_failed`, which lists them, where they are not known and cannot be registered.
 */
export const registerSearchAttributes = async (
  target: TemporalTarget,
  attributes: readonly SearchAttribute[],
): Promise<void> =>
  withConnection({ timeoutMs: 15_000 + KNOWN_WITHIN_MS, ...target }, async (connection) => {
    const { namespace } = target;
    const added = await registerMissing(connection, namespace, attributes).catch(async (error: unknown) => {
      if (await knows(connection, namespace, attributes)) return false;
      throw unregistered(namespace, attributes, error);
    });
    const deadline = Date.now() + KNOWN_WITHIN_MS;
    while (added && !(await knows(connection, namespace, attributes))) {
      if (Date.now() > deadline)
        throw unregistered(namespace, attributes, new Error('not known after 30 seconds'));
      await delay(200);
    }
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
