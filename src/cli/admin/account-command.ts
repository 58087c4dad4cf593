/** `kist account`: accounts of tenants, over the admin API. */
import { Command } from 'commander';
import type { Ended } from '../late-commands.ts';
import type { AccountListFlags, CreateAccountFlags } from './accounts.ts';
import { adminHelp, withAdminOptions, withNewKey, withYes } from './admin-options.ts';
import type { AdminFlags } from './admin-session.ts';

const help = `
An account owns buckets, users and keys, and is in a namespace. Making one is for the root of the server.
${adminHelp}

Examples:
  kist account create acme-1 --namespace acme --save-as acme
  kist account list --namespace acme`;

const load = () => import('./accounts.ts');

export function createAccountCommand(ended: Ended): Command {
  const command = new Command('account')
    .description('Accounts of tenants, which own buckets, users and keys.')
    .addHelpText('after', help);
  const named = (name: string, description: string): Command =>
    withAdminOptions(
      command.command(name).description(description).argument('<account>', 'its id'),
    );
  const create = withNewKey(
    named('create', 'Make an account with a key of its own.')
      .requiredOption('--namespace <name>', 'Whose it is')
      .option('--display-name <text>', 'For people (default: the id)')
      .option('--email <address>', 'For grants of ACLs by address'),
  );
  create.action(async (id: string) =>
    ended(await (await load()).createAccount(id, create.opts<CreateAccountFlags>())),
  );
  const list = withAdminOptions(command.command('list').description('List the accounts.')).option(
    '--namespace <name>',
    'Of this one alone',
  );
  list.action(async () => ended(await (await load()).listAccounts(list.opts<AccountListFlags>())));
  const info = named('info', 'Show an account, and what it has.');
  info.action(async (id: string) =>
    ended(await (await load()).showAccount(id, info.opts<AdminFlags>())),
  );
  const remove = withYes(
    named('delete', 'Delete an account that has nothing but its own keys, and these with it.'),
  );
  remove.action(async (id: string) =>
    ended(await (await load()).deleteAccount(id, remove.opts<AdminFlags>())),
  );
  return command;
}
