// Encrypts and decrypts payloads for tools that speak Temporal's codec protocol, such as the Temporal CLI with
// --codec-endpoint. For the operator alone: it shows what histories hold.
import { z } from '@hono/zod-openapi';
import { PayloadKeyError } from '../../client/payload-codec';
import { operation } from '../operation';
import { Refusal } from '../problem';

const base64 = z
  .string()
  .max(1_400_000)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');

/** A payload in the JSON form of Temporal's protocol: bytes as base64. */
const payload = z.strictObject({
  metadata: z.record(z.string().max(100), base64).optional(),
  data: base64.optional(),
});
const payloads = z.strictObject({ payloads: z.array(payload).max(1_000) }).openapi('CodecPayloads');

type WirePayload = z.output<typeof payload>;

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64');
const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');

const mapped = <A, B>(record: Readonly<Record<string, A>> | null | undefined, change: (value: A) => B) =>
  Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [name, change(value)]));

const codecOperation = (direction: 'decode' | 'encode', summary: string) =>
  operation({
    id: `${direction}Payloads`,
    method: 'post',
    path: `/api/v1/codec/${direction}`,
    tag: 'codec',
    summary,
    scope: 'admin',
    body: payloads,
    response: payloads,
    handle: async ({ body, context: { client } }) => {
      const [codec] = client.temporal.options.loadedDataConverter.payloadCodecs;
      const given = body.payloads.map(({ metadata, data = '' }: WirePayload) => ({
        metadata: mapped(metadata, bytesOf),
        data: bytesOf(data),
      }));
      const done = await codec![direction](given).catch((error: unknown) => {
        if (error instanceof PayloadKeyError) throw new Refusal(400, 'Unreadable payload', error.message);
        throw error;
      });
      return {
        payloads: done.map(({ metadata, data }) => ({
          metadata: mapped(metadata, textOf),
          data: textOf(data),
        })),
      };
    },
  });

export const codecOperations = [
  codecOperation('decode', 'Payloads of Temporal as they were before encryption'),
  codecOperation('encode', 'Payloads as they are stored in Temporal'),
] as const;
