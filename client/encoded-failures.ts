// Moves the message and stack of a failure into a payload, where the codec encrypts them. Loaded by path: by the
// SDK in this process, and into the workflow bundle.
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
