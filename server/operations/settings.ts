// Settings, tokens and alerts: what people look after.
import { z } from '@hono/zod-openapi';
import { settingKey, shortNote } from '../../client/fields';
import { BadInput } from '../../client/inputs';
import { changeSetting, listSettings, resetSetting, settingHistory } from '../../client/settings';
import { AdminFirst, createToken, revokeToken as endToken, LastAdmin, tokenInput } from '../../client/tokens';
import { decodeCountedCursor, nextCursor } from '../../db/page-cursor';
import { operation } from '../operation';
import { notFound, Refusal } from '../problem';
import { cursorField, idField, limitField, nextOut } from '../schemas/fields';

/** Any JSON but undefined. */
const anyJson = z.unknown().openapi({ description: 'Any JSON; each setting says what it accepts' });

const settingSchema = z
  .object({
    key: z.string(),
    category: z.string(),
    value: z.unknown(),
    isDefault: z.boolean(),
    accepted: z.string(),
    doc: z.string(),
    updatedAt: z.string().nullable(),
  })
  .openapi('Setting');

const list = operation({
  id: 'listSettings',
  method: 'get',
  path: '/api/v1/settings',
  tag: 'settings',
  summary: 'Every setting with its value in force and what it accepts',
  scope: 'read',
  response: z.object({ settings: z.array(settingSchema) }),
  handle: async ({ context: { client } }) => ({ settings: await listSettings(client) }),
});

export const settingRequest = z
  .strictObject({ key: settingKey, value: anyJson, reason: shortNote.optional() })
  .openapi('SettingChange');

const change = operation({
  id: 'changeSetting',
  method: 'put',
  path: '/api/v1/settings',
  tag: 'settings',
  summary: 'Changes a setting from the next decision on',
  scope: 'admin',
  body: settingRequest,
  response: z.object({ settings: z.array(settingSchema) }),
  handle: async ({ body, context: { client } }) => {
    await changeSetting(client, body);
    return { settings: await listSettings(client) };
  },
});

const reset = operation({
  id: 'resetSetting',
  method: 'delete',
  path: '/api/v1/settings/{key}',
  tag: 'settings',
  summary: 'Sets a setting back to its default',
  scope: 'admin',
  params: z.object({ key: settingKey }),
  query: z.object({ reason: shortNote.optional() }),
  response: z.object({ key: z.string(), wasSet: z.boolean() }),
  handle: async ({ params: { key }, query: { reason }, context: { client } }) => ({
    key,
    wasSet: await resetSetting(client, key, reason),
  }),
});

const history = operation({
  id: 'settingHistory',
  method: 'get',
  path: '/api/v1/settings/history',
  tag: 'settings',
  summary: 'Changes of settings, newest first',
  scope: 'read',
  query: z.object({ key: settingKey.optional(), limit: limitField }),
  response: z.object({
    changes: z.array(
      z.object({
        key: z.string(),
        oldValue: z.unknown(),
        newValue: z.unknown(),
        reason: z.string(),
        changedAt: z.string(),
      }),
    ),
  }),
  handle: async ({ query, context: { client } }) => ({
    changes: await settingHistory(client, query.key, query.limit),
  }),
});

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scope: z.string(),
    createdAt: z.string(),
    lastUsedAt: z.string().nullable(),
  })
  .openapi('Token');

const listTokens = operation({
  id: 'listTokens',
  method: 'get',
  path: '/api/v1/tokens',
  tag: 'tokens',
  summary: 'Live tokens; their text is never shown again',
  scope: 'admin',
  response: z.object({ tokens: z.array(tokenSchema) }),
  handle: async ({ context: { client } }) => ({ tokens: await client.stores.apiTokens.list() }),
});

const addToken = operation({
  id: 'createToken',
  method: 'post',
  path: '/api/v1/tokens',
  tag: 'tokens',
  summary: 'Makes a token, shown this once; from the first one on every request needs one',
  description:
    'Takes no Idempotency-Key: the answer would have to be kept to be given again, and the text of a token is kept nowhere. After a lost answer make another one and end the first, which the list shows without its text.',
  scope: 'admin',
  status: 201,
  body: tokenInput,
  response: tokenSchema.extend({ token: z.string() }),
  handle: async ({ body, context: { client } }) => {
    try {
      return await createToken(client, body);
    } catch (error) {
      if (!(error instanceof AdminFirst)) throw error;
      throw new Refusal(409, 'Admin first', error.message, [{ field: 'scope', message: error.message }]);
    }
  },
});

const forceField = z
  .enum(['true', 'false'])
  .default('false')
  .openapi({ description: 'Also the last token of an admin, which opens the API on loopback' });

const revokeToken = operation({
  id: 'revokeToken',
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  tag: 'tokens',
  summary: 'Ends a token',
  scope: 'admin',
  params: z.object({ id: idField }),
  query: z.object({ force: forceField }),
  response: z.object({
    revoked: z.string(),
    follows: z.string().nullable().openapi({ description: 'What follows where no admin has a token now' }),
  }),
  handle: async ({ params: { id }, query: { force }, context: { client } }) => {
    try {
      return { revoked: id, follows: await endToken(client, id, force === 'true') };
    } catch (error) {
      if (error instanceof LastAdmin) throw new Refusal(409, 'Last admin', error.message);
      throw error instanceof BadInput ? notFound('token', id) : error;
    }
  },
});

const openField = z
  .enum(['true', 'false'])
  .default('false')
  .openapi({ description: 'Only those that are not over' });

const alerts = operation({
  id: 'listAlerts',
  method: 'get',
  path: '/api/v1/alerts',
  tag: 'alerts',
  summary: 'Alerts, newest first',
  scope: 'read',
  query: z.object({ open: openField, limit: limitField, cursor: cursorField }),
  response: z.object({
    alerts: z.array(
      z.object({
        id: z.int(),
        kind: z.string(),
        severity: z.string(),
        title: z.string(),
        raisedAt: z.string(),
        resolvedAt: z.string().nullable(),
      }),
    ),
    next: nextOut,
  }),
  handle: async ({ query: { open, limit, cursor }, context: { client } }) => {
    const before = cursor === undefined ? {} : { before: decodeCountedCursor(cursor) };
    const rows = await client.stores.alerts.list({ openOnly: open === 'true', limit, ...before });
    return {
      alerts: rows.map(({ id, kind, severity, title, raisedAt, resolvedAt }) => ({
        ...{ id, kind, severity, title, raisedAt, resolvedAt },
      })),
      next: nextCursor(rows, limit, ({ raisedAt, id }) => ({ at: raisedAt, id: String(id) })),
    };
  },
});

export const settingOperations = [list, change, reset, history, listTokens, addToken, revokeToken, alerts];
