/** `kist import`: plain files to a bucket, and all that another server or account has to a server. */
import { Command } from 'commander';
import { collect } from '../amount-options.ts';
import type { Ended } from '../late-commands.ts';
import { withPace } from '../object/object-options.ts';
import { addDirectoryImport } from '../transfer-command.ts';
import type { ImportFlags } from './import-run.ts';

const help = `
"kist import ./photos photos" is "kist import directory ./photos photos"; a directory that is called minio or aws is
./minio or ./aws.`;

const places = `
SOURCE and TARGET are names of "kist alias": those that were set, env for what the environment says, aws:PROFILE for a
profile of ~/.aws, local for the server on this machine. Nothing in the source is changed. What the target has already
stays, and only what is missing or different is done: after a failure, run it again.`;

const minioHelp = `${places}
Users, groups and policies are not in MinIO's S3 API: give what "mc admin cluster iam export ALIAS" wrote.

Examples:
  kist import minio old local --dry-run
  kist import minio old local --iam-export old-iam-info.zip --create-keys keys.jsonl`;

const awsHelp = `${places}
The account numbers in policies become those of the target's account.

Examples:
  kist import aws aws:company local --dry-run
  kist import aws aws:company local --bucket photos --bucket letters --versions`;

export function createImportCommand(ended: Ended): Command {
  const command = new Command('import')
    .description('Copy plain files, or all of another server or account, to a server.')
    .addHelpText('after', help);
  addDirectoryImport(command, ended);
  addDirectoryImport(command.command('directory'), ended);
  const minio = foreign(command.command('minio'))
    .description('Buckets and objects of a MinIO deployment, and its users and policies.')
    .option(
      '--iam-export <file>',
      'Users, groups and policies: what "mc admin cluster iam export" wrote',
    )
    .addHelpText('after', minioHelp);
  const aws = foreign(command.command('aws'))
    .description(
      'Buckets and objects of an AWS account, and its users, groups, roles and policies.',
    )
    .option('--no-identities', 'Buckets only')
    .addHelpText('after', awsHelp);
  for (const [kind, one] of [
    ['minio', minio],
    ['aws', aws],
  ] as const) {
    one.action(async (source: string, target: string) => {
      const { importAll } = await import('./import-run.ts');
      ended(await importAll(kind, source, target, one.opts<ImportFlags>()));
    });
  }
  return command;
}

const foreign = (command: Command): Command =>
  withPace(
    command
      .argument('<source>', 'alias of where it comes from')
      .argument('<target>', 'alias of where it goes')
      .option('--bucket <name>', 'Of the buckets this one only; may be repeated', collect)
      .option('--no-buckets', 'Users, groups, roles and policies only')
      .option('--no-objects', 'Of buckets their settings only')
      .option('--versions', 'All versions of objects, in their order; they get other ids')
      .option(
        '--state <file>',
        'Where --versions notes what has come (default: in ~/.local/state/kist)',
      )
      .option(
        '--create-keys <file>',
        'Make new keys for users that had some, and write them there',
      ),
  )
    .option('--dry-run', 'Say what would be done and what would not come over, and do nothing')
    .option('--quiet', 'Print errors and what does not come over only')
    .option('--json', 'One JSON object a line');
