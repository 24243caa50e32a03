// `conclave token`: who may call the HTTP API. Only hashes are stored; a token's text is shown once.
import type { Command } from 'commander';
import { readInput } from '../../client/field-errors';
import { idText } from '../../client/fields';
import { createToken, revokeToken, tokenInput } from '../../client/tokens';
import { API_SCOPES } from '../../db/api-token-store';
import { checks } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly scope?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const create = async (name: string, flags: Flags): Promise<void> => {
  const wish = readInput(tokenInput, { name, scope: flags.scope });
  const made = await withClient(({ client }) => createToken(client, wish));
  if (flags.json) printJson(made);
  else
    printText(
      `${made.token}\n\nShown this once. Send it as "Authorization: Bearer TOKEN". Scope ${made.scope}, id ${made.id}.\nFrom the first token on every request to the API needs one.`,
    );
};

const list = async (flags: Flags): Promise<void> => {
  const tokens = await withClient(({ client }) => client.stores.apiTokens.list());
  if (flags.json) printJson({ tokens });
  else if (tokens.length === 0) printText('No token: on this machine the API takes requests without one.');
  else
    printText(
      tokens
        .map(
          (one) =>
            `${one.id}  ${one.scope.padEnd(6)} ${one.name.padEnd(24)} made ${one.createdAt}, last used ${one.lastUsedAt ?? 'never'}`,
        )
        .join('\n'),
    );
};

const revoke = async (id: string, flags: Flags): Promise<void> => {
  const follows = await withClient(({ client }) => revokeToken(client, id, flags.force === true));
  if (flags.json) printJson({ revoked: id, follows });
  else printText([`${id} is revoked.`, ...(follows ? [follows] : [])].join('\n'));
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');

export const registerToken = (program: Command): void => {
  const token = program
    .command('token')
    .description('tokens of the HTTP API: create, list, revoke')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave token create desk --scope admin\n  $ conclave token create reader --scope read --json',
    );
  json(token.command('create').argument('<name>').description('make a token, shown this once'))
    .option('--scope <name>', `what it may do: ${API_SCOPES.join(', ')}; each includes those before it`)
    .action(runAction(create));
  json(token.command('list', { isDefault: true }).description('live tokens, without their text')).action(
    runAction(list),
  );
  json(token.command('revoke').argument('<id>', 'the token', checks('id', idText)).description('end a token'))
    .option('--force', 'also the last token of an admin, which opens the API on loopback')
    .action(runAction(revoke));
};
