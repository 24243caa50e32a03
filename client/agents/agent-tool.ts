// What a tool for other agents is: a schema, the scope it needs, and the work.
import type { z } from 'zod';
import type { AnalystFolder } from '../../config/analyst-folders';
import type { ApiScope } from '../../db/api-token-store';
import type { MicroUsd } from '../../domain/money/micro-usd';
import type { ModelAccess } from '../../domain/selection/usable';
import type { ConclaveClient } from '../connect';
import type { WorkerPresence } from '../worker-presence';

export interface AgentContext {
  readonly client: ConclaveClient;
  /** Of whoever calls. */
  readonly scope: ApiScope;
  /** Most that one call may cost; null: the caps alone decide. */
  readonly maxCostMicroUsd: MicroUsd | null;
  /** Folders with analysts of the user's own. */
  readonly analystFolders: readonly AnalystFolder[];
  /** What the workers can call, for what research would cost. */
  readonly access: ModelAccess;
  /** Asked before a tool that starts work. Absent: whoever made the client asks. */
  readonly workers?: WorkerPresence;
}

export interface AgentTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scope: ApiScope;
  readonly input: z.ZodObject;
  /** A JSON document. @throws BadInput, BeyondCap and what the work throws. */
  run(input: unknown, context: AgentContext): Promise<object>;
}

/** Ties the schema's output to the work. */
export const agentTool = <Input extends z.ZodObject>(
  form: Omit<AgentTool, 'input' | 'run'> & {
    readonly input: Input;
    run(input: z.output<Input>, context: AgentContext): Promise<object>;
  },
): AgentTool => ({
  ...form,
  run: async (input, context) => {
    const fields = form.input.parse(input);
    if (form.scope !== 'read') await context.workers?.assertPresent();
    return form.run(fields, context);
  },
});
