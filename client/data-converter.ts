// How clients and workers turn values into what Temporal stores; the same on both sides, or neither could read
// the other.
import type { DataConverter } from '@temporalio/common';
import { codePath } from '../config/package-root';
import { PAYLOAD_KEYS, readPayloadKeys } from '../config/payload-keys';
import type { SecretName } from '../config/secrets';
import { type PayloadKeyError, payloadCodec } from './payload-codec';

/**
 * The converter for the keys of that name: payloads and failures are encrypted where there are keys. Reads the
 * keys once.
 * @throws RangeError when keys are named that cannot be used.
 */
export const dataConverter = (
  keysName: SecretName | null = null,
  env: NodeJS.ProcessEnv = process.env,
  onUnreadable?: (problem: PayloadKeyError) => void,
): DataConverter => {
  const keys = readPayloadKeys(keysName ?? PAYLOAD_KEYS, env);
  return {
    payloadCodecs: [payloadCodec(keys, onUnreadable)],
    ...(keys.length > 0 ? { failureConverterPath: codePath('client/encoded-failures') } : {}),
  };
};
