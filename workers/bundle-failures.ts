// The failure converter inside the workflow bundle. The bundle is made once, before anyone knows whether payloads
// will be encrypted: the worker says so by a line before the bundle (workflow-code.ts).
import { DefaultFailureConverter } from '@temporalio/common';

const flags = globalThis as { readonly conclaveEncodesFailures?: boolean };

export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: flags.conclaveEncodesFailures === true,
});
