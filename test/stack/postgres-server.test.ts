// The embedded server's flags: it has connections for all workers that the configuration may ask for.
import type { Cluster } from '../../stack/postgres-cluster';
import { serverArguments } from '../../stack/postgres-server';

const CLUSTER: Cluster = {
  binaries: { postgres: 'postgres', initdb: 'initdb' },
  dataFolder: '/data',
  dataArgument: '/data',
  password: 'p',
  account: null,
};

test.each([
  [0, 200],
  [1, 200],
  [4, 200],
  [8, 300],
  [64, 1_980],
])('for %i workers there are %i connections', (workers, connections) => {
  const flags = serverArguments({ cluster: CLUSTER, port: 1, durable: true, workers });
  expect(flags).toContain(`max_connections=${connections}`);
});
