// Encrypts what Temporal stores: inputs, results, summaries, memos and, with encoded failures, error texts.
// AES-256-GCM with a fresh nonce per payload; the key's id stands beside it, so that keys can be changed while
// workflows run.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { PayloadKey } from '../config/payload-keys';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
/** 96 bits, drawn at random: safe for 2^32 payloads under one key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A payload that cannot be read with the keys at hand. Says which key it wants, never what is inside. */
export class PayloadKeyError extends Error {
  override readonly name = 'PayloadKeyError';
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const textOf = (value: Uint8Array | null | undefined): string => Buffer.from(value ?? []).toString('utf8');

const { Payload: Wire } = temporal.api.common.v1;

const encrypt = ({ id, key }: PayloadKey, payload: Payload): Payload => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bytes(id));
  const body = [cipher.update(Wire.encode(payload).finish()), cipher.final()];
  return {
    metadata: {
      encoding: bytes(ENCODING),
      'encryption-cipher': bytes(CIPHER),
      'encryption-key-id': bytes(id),
    },
    data: Buffer.concat([nonce, ...body, cipher.getAuthTag()]),
  };
};

const isEncrypted = (payload: Payload): boolean => textOf(payload.metadata?.encoding) === ENCODING;

const decrypt = (keys: readonly PayloadKey[], payload: Payload): Payload => {
  const id = textOf(payload.metadata?.['encryption-key-id']);
  const known = keys.find((each) => each.id === id);
  if (!known) {
    const have =
      keys.length === 0 ? 'no key is set' : `set are ${keys.map((each) => `"${each.id}"`).join(', ')}`;
    throw new PayloadKeyError(
      `a payload is encrypted with key "${id}"; ${have}. Add it to CONCLAVE_PAYLOAD_KEYS`,
    );
  }
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, known.key, data.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(bytes(id))
      .setAuthTag(data.subarray(-TAG_BYTES));
    const body = data.subarray(NONCE_BYTES, -TAG_BYTES);
    return Wire.decode(Buffer.concat([decipher.update(body), decipher.final()]));
  } catch {
    throw new PayloadKeyError(
      `a payload encrypted with key "${id}" cannot be read: CONCLAVE_PAYLOAD_KEYS holds another key under that id, or the payload was changed`,
    );
  }
};

/**
 * The codec of these keys: the first encrypts, all decrypt. Without keys it leaves payloads as they are, and says
 * so clearly when it meets an encrypted one. Plain payloads pass, so that encryption can be switched on while
 * workflows run.
 * @param onUnreadable told of what cannot be read: a worker's own failure about it would be encrypted, too
 */
export const payloadCodec = (
  keys: readonly PayloadKey[],
  onUnreadable: (problem: PayloadKeyError) => void = () => undefined,
): PayloadCodec => {
  const [first] = keys;
  const read = (payload: Payload): Payload => {
    try {
      return isEncrypted(payload) ? decrypt(keys, payload) : payload;
    } catch (error) {
      if (error instanceof PayloadKeyError) onUnreadable(error);
      throw error;
    }
  };
  return {
    encode: async (payloads) => (first ? payloads.map((each) => encrypt(first, each)) : payloads),
    decode: async (payloads) => payloads.map(read),
  };
};
