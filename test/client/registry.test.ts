// The registry as a command sees it whose stack has just been started.
import type { ConclaveClient } from '../../client/connect';
import { registeredModels } from '../../client/registry';

test('a model that a starting worker is about to add is known', async () => {
  const ids = ['house-drift'];
  const client = {
    stores: { registry: { list: async () => ids.map((id) => ({ id })) } },
    registryReady: async () => {
      ids.push('acme-small');
    },
  } as unknown as ConclaveClient;
  expect([...(await registeredModels(client)).keys()]).toEqual(['house-drift', 'acme-small']);
});
