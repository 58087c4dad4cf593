/** `kist namespace`: tenants, over the admin API. */
import { Command, Option } from 'commander';
import { enums } from '../../model/enums.gen.ts';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions, withNewKey, withYes } from './admin-options.ts';
import type { AdminFlags } from './admin-session.ts';
import { withQuota } from './limit-command.ts';
import type { CreateNamespaceFlags, DefaultsFlags } from './namespaces.ts';

const help = `
A namespace is a tenant: its accounts and buckets are apart from those of others. Making them is for the root
of the server.
${adminHelp}

Examples:
  kist namespace create acme --display-name 'Acme Ltd.' --max-bytes 1TiB --save-as acme
  kist namespace info acme
  kist namespace defaults set acme --encryption AES256 --public-access-block on
  kist namespace suspend acme`;

const load = () => import('./namespaces.ts');

export function createNamespaceCommand(ended: Ended): Command {
  const command = new Command('namespace').description('Tenants.').addHelpText('after', help);
  const named = (name: string, description: string): Command =>
    withAdminOptions(
      command.command(name).description(description).argument('<namespace>', 'its name'),
    );
  const create = withQuota(
    withNewKey(
      named('create', 'Make a namespace with an account and a key.')
        .option('--display-name <text>', 'For people')
        .option('--email <address>', 'Of the account, for grants of ACLs by address'),
    ),
  );
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
    named('delete', 'Delete a namespace, if nothing but its first account is left in it.'),
  );
  remove.action(async (name: string) =>
    ended(await (await load()).deleteNamespace(name, remove.opts<AdminFlags>())),
  );
  addLife(named, ended);
  addDefaults(command, ended);
  return command;
}

function addLife(named: (name: string, description: string) => Command, ended: Ended): void {
  const rename = named('rename', 'Change its display name.').argument(
    '<display-name>',
    'for people',
  );
  rename.action(async (name: string, displayName: string) =>
    ended(await (await load()).renameNamespace(name, displayName, rename.opts<AdminFlags>())),
  );
  const suspend = withYes(named('suspend', 'Close it: all its keys are refused, until resumed.'));
  suspend.action(async (name: string) =>
    ended(await (await load()).suspendNamespace(name, suspend.opts<AdminFlags>())),
  );
  const resume = named('resume', 'Open it again.');
  resume.action(async (name: string) =>
    ended(await (await load()).resumeNamespace(name, resume.opts<AdminFlags>())),
  );
}

function addDefaults(command: Command, ended: Ended): void {
  const defaults = command.command('defaults').description('What its new buckets begin with.');
  const named = (name: string, description: string): Command =>
    withAdminOptions(
      defaults.command(name).description(description).argument('<namespace>', 'its name'),
    );
  const get = named('get', 'Show them.');
  get.action(async (name: string) =>
    ended(await (await load()).showDefaults(name, get.opts<AdminFlags>())),
  );
  const set = named('set', 'Set all of them; what is left out is as the server gives it.')
    .addOption(new Option('--encryption <method>', 'Of objects').choices(['AES256', 'aws:kms']))
    .option('--kms-key-id <id>', 'The key of --encryption aws:kms')
    .addOption(
      new Option('--public-access-block <state>', 'All four of the block').choices(['on', 'off']),
    )
    .addOption(
      new Option('--object-ownership <rule>', 'Whether ACLs count').choices(enums.ObjectOwnership),
    );
  set.action(async (name: string) =>
    ended(await (await load()).setDefaults(name, set.opts<DefaultsFlags>())),
  );
  const remove = named('remove', 'Take all of them away.');
  remove.action(async (name: string) =>
    ended(await (await load()).removeDefaults(name, remove.opts<AdminFlags>())),
  );
}
