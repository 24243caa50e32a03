// Worker versioning, for servers of one's own: with CONCLAVE_BUILD_ID set, workers take part in the deployment
// `conclave` under that id, and Temporal gives them work once it is told that the id is current. Off without it: on
// the embedded server one version runs at a time. docs/decisions/2026-11-21-worker-versioning.md has the reasons.
import type { WorkerOptions } from '@temporalio/worker';

const DEPLOYMENT_NAME = 'conclave';

/** What a build id may be: it becomes part of names in Temporal. */
const BUILD_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Options that every worker of a process shares; none without CONCLAVE_BUILD_ID.
 * @throws RangeError naming the variable and the accepted form.
 */
export const workerVersion = (
  environment: NodeJS.ProcessEnv = process.env,
): Pick<WorkerOptions, 'workerDeploymentOptions'> => {
  const buildId = environment.CONCLAVE_BUILD_ID;
  if (!buildId) return {};
  if (!BUILD_ID.test(buildId))
    throw new RangeError(
      `CONCLAVE_BUILD_ID is ${JSON.stringify(buildId)}; accepted: up to 100 letters, digits, dots, hyphens and underscores`,
    );
  return {
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT_NAME, buildId },
      useWorkerVersioning: true,
      // Workflows wait for people and outages for days: pinned ones would keep every old version's workers alive.
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
};
