// The registry as commands see it, also right after the very first start.
import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryEntry } from '../db/registry-store';
import type { ConclaveClient } from './connect';

/** The first worker of a new stack fills the registry; a command may be quicker than that. */
const FILL_TIMEOUT_MS = 30_000;
const LOOK_MS = 200;

/** All models by id; waits for workers that are starting, and for the first one while there are no models. */
export const registeredModels = async (
  client: ConclaveClient,
): Promise<ReadonlyMap<string, RegistryEntry>> => {
  await client.registryReady?.();
  const deadline = Date.now() + FILL_TIMEOUT_MS;
  for (;;) {
    const models = await client.stores.registry.list();
    if (models.length > 0 || Date.now() > deadline) return new Map(models.map((model) => [model.id, model]));
    await delay(LOOK_MS);
  }
};
