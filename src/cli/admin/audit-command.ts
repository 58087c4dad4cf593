/** `kist audit`: the audit log of a server, over the admin API. */
import { Command, Option } from 'commander';
import { parseCount } from '../amount-options.ts';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions } from './admin-options.ts';
import type { AuditFlags } from './audit.ts';

const help = `${adminHelp}

The root of a server is shown all of its log, others what was asked with the keys of their account. The newest comes first. Why a
signature did not hold stands there, as no answer tells it.

Examples:
  kist audit
  kist audit --outcome denied --limit 20
  kist audit --request-id 0D5C5B0A7C1E2F33 --json`;

const defaultRecords = 50;
const maxRecords = 100_000;

export function createAuditCommand(ended: Ended): Command {
  const command = withAdminOptions(
    new Command('audit')
      .description('Who changed, deleted or was refused what.')
      .addHelpText('after', help),
  )
    .option('--limit <count>', 'At most so many', parseCount(1, maxRecords), defaultRecords)
    .option('--request-id <id>', 'Of this request')
    .option('--action <name>', 'Of this operation: DeleteObject')
    .addOption(new Option('--outcome <outcome>').choices(['done', 'denied', 'failed']))
    .addOption(new Option('--service <service>').choices(['s3', 'iam', 'sts', 'kist']));
  command.action(async () =>
    ended(await (await import('./audit.ts')).showAudit(command.opts<AuditFlags>())),
  );
  return command;
}
