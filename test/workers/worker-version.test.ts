// Whether and how a worker names its version.
import { workerVersion } from '../../workers/worker-version';

it('workers have no version unless one is given', () => {
  expect(workerVersion({})).toEqual({});
  expect(workerVersion({ CONCLAVE_BUILD_ID: '' })).toEqual({});
});

it('a given version is one of the deployment, and open workflows follow the current one', () => {
  expect(workerVersion({ CONCLAVE_BUILD_ID: '0.2.0-3f1c' })).toEqual({
    workerDeploymentOptions: {
      version: { deploymentName: 'conclave', buildId: '0.2.0-3f1c' },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  });
});

it.each(['-x', 'a b', 'a/b', 'x'.repeat(101)])('%j is refused with the accepted form', (buildId) => {
  expect(() => workerVersion({ CONCLAVE_BUILD_ID: buildId })).toThrow(/^CONCLAVE_BUILD_ID is .*; accepted:/);
});
