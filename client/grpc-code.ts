// The code of gRPC behind a refusal of Temporal's.
import { ServiceError } from '@temporalio/client';

/** Taken for a refusal without a code: nobody answered. */
const UNAVAILABLE = 14;

/** Null for an error that is no refusal of the server. */
export const grpcCode = (error: unknown): number | null =>
  error instanceof ServiceError
    ? ((error.cause as { code?: number } | undefined)?.code ?? UNAVAILABLE)
    : null;
