// `conclave mcp`: the tools for other agents over standard input and output.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createAgentServer } from '../../client/agents/agent-server';
import { analystFolders } from '../../config/analyst-folders';
import { loadConfig } from '../../config/load';
import { assetPath } from '../../config/package-root';
import { modelAccess } from '../../config/provider-settings';
import { API_SCOPES } from '../../db/api-token-store';
import { readMaxCost } from '../options';
import { runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly scope: string;
  readonly maxCost?: string;
}

/** Until whoever started it closes our input, or a signal comes. */
const untilClosed = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

const run = async (flags: Flags): Promise<void> => {
  const scope = API_SCOPES.find((each) => each === flags.scope);
  if (!scope) throw new RangeError(`scope "${flags.scope}" is unknown; accepted: ${API_SCOPES.join(', ')}`);
  const maxCostMicroUsd = flags.maxCost === undefined ? null : readMaxCost(flags.maxCost);
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
  const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string };
  await withClient(async ({ client }) => {
    const config = loadConfig();
    const access = modelAccess(config.providers);
    const context = { client, scope, maxCostMicroUsd, analystFolders: analystFolders(config), access };
    const server = createAgentServer(context, version);
    const closed = untilClosed();
    await server.connect(new StdioServerTransport());
    await closed;
    await server.close();
  });
};

export const registerMcp = (program: Command): void => {
  program
    .command('mcp')
    .description('tools for other agents (Model Context Protocol) over standard input and output')
    .option('--scope <scope>', 'read: rank and spend alone; run: all tools', 'run')
    .option('--max-cost <usd>', 'refuse calls that could cost more than this, all attempts counted')
    .option('--json', 'print a failure to start as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave mcp --scope read
  $ conclave mcp --max-cost 0.50

With --max-cost research is refused where its attempts could cost more; a market event makes research under way begin
again, which the caps alone hold.

An agent starts it by itself; its configuration names the command "conclave" with the argument "mcp". The same tools are
at POST /mcp of the HTTP API, with a bearer token.`,
    )
    .action(runAction(run));
};
