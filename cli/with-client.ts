// Attaches a command to the running stack, or starts one, and gives it a client.
import { type ConclaveClient, connectClient } from '../client/connect';
import { loadConfig } from '../config/load';
import { readSecret } from '../config/secrets';
import { ensureStack, type StackHandle } from '../stack/stack';
import { createProgress } from './output';

export interface Attached {
  readonly client: ConclaveClient;
  readonly stack: StackHandle;
}

/** Runs `work` with a client; the stack's lease and the connections end with it. */
export const withClient = async <T>(work: (attached: Attached) => Promise<T>): Promise<T> => {
  const config = loadConfig();
  const progress = createProgress();
  const stack = await ensureStack({ config, onProgress: progress.update }).finally(progress.done);
  try {
    const client = await connectClient({
      databaseUrl: stack.databaseUrl,
      temporal: stack.temporal,
      tls: config.temporal.tls,
      apiKey: config.temporal.apiKeyName ? readSecret(config.temporal.apiKeyName) : null,
      payloadKeysName: config.temporal.payloadKeysName,
    });
    try {
      return await work({ client, stack });
    } finally {
      await client.close();
    }
  } finally {
    await stack.release();
  }
};
