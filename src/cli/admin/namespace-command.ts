/** `kist namespace`: tenants, over the admin API. */
import { Command } from 'commander';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions, withYes } from './admin-options.ts';
import type { AdminFlags } from './admin-session.ts';
import type { CreateNamespaceFlags } from './namespaces.ts';

const help = `
A namespace is a tenant: its accounts and buckets are apart from those of others. Making them is for the root
of the server.
${adminHelp}

Examples:
  kist namespace create acme --display-name 'Acme Ltd.'
  kist account create acme-1 --namespace acme --save-as acme
  kist namespace info acme`;

const load = () => import('./namespaces.ts');

export function createNamespaceCommand(ended: Ended): Command {
  const command = new Command('namespace').description('Tenants.').addHelpText('after', help);
  const named = (name: string, description: string): Command =>
    withAdminOptions(
      command.command(name).description(description).argument('<namespace>', 'its name'),
    );
  const create = named('create', 'Make a namespace.').option('--display-name <text>', 'For people');
  create.action(async (name: string) =>
    ended(await (await load()).createNamespace(name, create.opts<CreateNamespaceFlags>())),
  );
  const list = withAdminOptions(command.command('list').description('List the namespaces.'));
  list.action(async () => ended(await (await load()).listNamespaces(list.opts<AdminFlags>())));
  const info = named('info', 'Show a namespace, and what its buckets hold together.');
  info.action(async (name: string) =>
    ended(await (await load()).showNamespace(name, info.opts<AdminFlags>())),
  );
  const remove = withYes(
    named('delete', 'Delete a namespace that has neither accounts nor buckets.'),
  );
  remove.action(async (name: string) =>
    ended(await (await load()).deleteNamespace(name, remove.opts<AdminFlags>())),
  );
  return command;
}
