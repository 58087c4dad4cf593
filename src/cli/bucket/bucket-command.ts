/** `kist bucket`: buckets and their settings, on any S3 server. */
import { Argument, Command } from 'commander';
import type { Ended } from '../late-commands.ts';
import { jsonOption } from '../object/object-options.ts';
import type { DocumentName } from './documents.ts';
import type { InfoFlags } from './info.ts';
import type { CreateFlags, DeleteFlags, VersioningState } from './manage.ts';
import type { PrivateFlags, PublicFlags } from './public.ts';

const documents: Readonly<Record<DocumentName, string>> = {
  policy: 'The bucket policy, as JSON.',
  lifecycle: 'The lifecycle rules, as JSON: {"Rules": […]}, as aws s3api has it.',
  cors: 'The CORS rules, as JSON: {"CORSRules": […]}, as aws s3api has it.',
  tags: 'The tags, as JSON: {"NAME": "VALUE"}.',
};

const help = `
Buckets are named ALIAS/BUCKET ("kist alias"), or s3://BUCKET on the default server.

Examples:
  kist bucket create local/photos --versioning
  kist bucket public local/site
  kist bucket lifecycle set local/logs rules.json`;

export function createBucketCommand(ended: Ended): Command {
  const command = new Command('bucket')
    .description('Buckets and their settings.')
    .addHelpText('after', help);
  addManagement(command, ended);
  addAccess(command, ended);
  for (const name of Object.keys(documents) as DocumentName[]) {
    addDocument(command, name, ended);
  }
  return command;
}

function addManagement(command: Command, ended: Ended): void {
  const create = command
    .command('create')
    .description('Make buckets.')
    .argument('<buckets...>', 'ALIAS/BUCKET or s3://BUCKET')
    .option('--region <region>', 'Its location (default: that of the alias)')
    .option('--object-lock', 'With Object Lock, which can be had from the start alone')
    .option('--versioning', 'With versions')
    .option('--ignore-existing', 'Take a bucket of one’s own as it is')
    .addOption(jsonOption());
  create.action(async (paths: readonly string[]) => {
    const { createBuckets } = await import('./manage.ts');
    ended(await createBuckets(paths, create.opts<CreateFlags>()));
  });
  const list = command
    .command('list')
    .description('List the buckets of a server.')
    .argument('[alias]', 'default: the server that s3:// means')
    .addOption(jsonOption());
  list.action(async (alias?: string) => {
    const { listObjects } = await import('../object/list.ts');
    ended(await listObjects(alias, list.opts()));
  });
  const remove = command
    .command('delete')
    .description('Delete buckets.')
    .argument('<buckets...>', 'ALIAS/BUCKET or s3://BUCKET')
    .option('--force', 'With all that is in them: objects, versions, uploads under way')
    .addOption(jsonOption());
  remove.action(async (paths: readonly string[]) => {
    const { deleteBuckets } = await import('./manage.ts');
    ended(await deleteBuckets(paths, remove.opts<DeleteFlags>()));
  });
  const info = command
    .command('info')
    .description('Show the settings of a bucket.')
    .argument('<bucket>', 'ALIAS/BUCKET or s3://BUCKET')
    .option('--usage', 'With the number and size of objects, which takes a list of them')
    .addOption(jsonOption());
  info.action(async (path: string) => {
    const { showInfo } = await import('./info.ts');
    ended(await showInfo(path, info.opts<InfoFlags>()));
  });
  const versioning = command
    .command('versioning')
    .description('Show whether a bucket keeps versions, or set it.')
    .argument('<bucket>', 'ALIAS/BUCKET or s3://BUCKET')
    .addArgument(new Argument('[state]', 'to be set').choices(['enable', 'suspend']))
    .addOption(jsonOption());
  versioning.action(async (path: string, state?: VersioningState) => {
    const { useVersioning } = await import('./manage.ts');
    ended(await useVersioning(path, state, versioning.opts()));
  });
}

function addAccess(command: Command, ended: Ended): void {
  const open = command
    .command('public')
    .description('Let everybody read the objects of a bucket, by its policy.')
    .argument('<bucket>', 'ALIAS/BUCKET or s3://BUCKET')
    .option('--list', 'Let everybody list them, too')
    .addOption(jsonOption());
  open.action(async (path: string) => {
    const { makePublic } = await import('./public.ts');
    ended(await makePublic(path, open.opts<PublicFlags>()));
  });
  const close = command
    .command('private')
    .description('Take away what "public" gave, and public grants of the bucket’s ACL.')
    .argument('<bucket>', 'ALIAS/BUCKET or s3://BUCKET')
    .option('--block', 'Block all public access, whatever ACLs and policies say')
    .addOption(jsonOption());
  close.action(async (path: string) => {
    const { makePrivate } = await import('./public.ts');
    ended(await makePrivate(path, close.opts<PrivateFlags>()));
  });
}

function addDocument(command: Command, name: DocumentName, ended: Ended): void {
  const group = command.command(name).description(documents[name]);
  for (const [act, description] of [
    ['get', 'Print it.'],
    ['set', 'Set it from a file.'],
    ['delete', 'Delete it.'],
  ] as const) {
    const one = group
      .command(act)
      .description(description)
      .argument('<bucket>', 'ALIAS/BUCKET or s3://BUCKET');
    if (act === 'set') one.argument('<file>', '- for standard input');
    one.action(async (path: string, file: unknown) => {
      const { useDocument } = await import('./documents.ts');
      ended(await useDocument(name, act, path, typeof file === 'string' ? file : undefined));
    });
  }
}
