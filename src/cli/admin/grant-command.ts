/** `kist grant`: `kist grant read_only user ann on photos/2026/`, over the admin API. */
import { Argument, Command } from 'commander';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions } from './admin-options.ts';
import type { AdminFlags } from './admin-session.ts';
import type { Holder } from './grants.ts';

const roles = ['read_only', 'write_only', 'read_write', 'maintainer', 'owner'] as const;
type Role = (typeof roles)[number];

const help = `
Grants are about users, groups and roles of the account whose key asks; each is kept as an inline policy.
${adminHelp}

Examples:
  kist grant read_only user ann on photos/2026/
  kist grant owner group editors on photos
  kist grant revoke read_only user ann on photos/2026/
  kist grant list user ann`;

const load = () => import('./grants.ts');

const holderArguments = (command: Command): Command =>
  command
    .addArgument(new Argument('<kind>', 'of whom').choices(['user', 'group', 'role']))
    .argument('<name>', 'of the user, group or role');

const grantArguments = (command: Command): Command =>
  withAdminOptions(
    holderArguments(command.addArgument(new Argument('<role>', 'what one may').choices(roles)))
      .addArgument(new Argument('<on>', 'the word').choices(['on']))
      .argument('<where>', 'BUCKET or BUCKET/PREFIX'),
  );

export function createGrantCommand(ended: Ended): Command {
  const command = grantArguments(
    new Command('grant').description('Give a ready-made role on a bucket or prefix, or revoke it.'),
  ).addHelpText('after', help);
  // The options of those below are the command's own as well, which takes them first.
  const use =
    (act: 'give' | 'revoke', one: Command) =>
    async (role: Role, kind: Holder['kind'], name: string, _on: string, where: string) => {
      const { useGrant } = await load();
      ended(await useGrant(act, role, { kind, name }, where, one.optsWithGlobals<AdminFlags>()));
    };
  command.action(use('give', command));
  const revoke = grantArguments(
    command.command('revoke').description('Take a role back that was granted so.'),
  );
  revoke.action(use('revoke', revoke));
  const list = withAdminOptions(
    holderArguments(command.command('list').description('List what was granted to one.')),
  );
  list.action(async (kind: Holder['kind'], name: string) => {
    ended(await (await load()).listGrants({ kind, name }, list.optsWithGlobals<AdminFlags>()));
  });
  return command;
}
