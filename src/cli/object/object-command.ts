/** `kist object`: everyday work with objects, on any S3 server. */
import { Command, Option } from 'commander';
import { parseAge, parseByteAmount, parseCount } from '../amount-options.ts';
import { usageError } from '../command-error.ts';
import type { Ended } from '../late-commands.ts';
import type { CopyCommandFlags } from './copy.ts';
import type { FindFlags, UsageFlags } from './find.ts';
import type { ListFlags } from './list.ts';
import type { MirrorFlags } from './mirror.ts';
import {
  filtersIn,
  jsonOption,
  keyFileOption,
  versionIdOption,
  withDescription,
  withFilters,
  withRun,
  withTransfer,
} from './object-options.ts';
import type { HeadFlags, ReadFlags } from './read.ts';
import type { RemoveFlags } from './remove.ts';
import type { ShareFlags } from './share.ts';
import type { SyncFlags } from './sync.ts';

const placesHelp = `
Places are ALIAS/BUCKET/KEY ("kist alias"), s3://BUCKET/KEY on the default server, and local paths,
which begin with ./ or / or ../ or ~/; - is standard input or output. A folder is a key up to a
slash: with --recursive and in find, du, sync and mirror, logs means all keys that begin with logs/.

The exit code is 0 if all was done, 1 if something failed, 2 for a mistake in the command, 130 after
Ctrl-C.`;

const copyHelp = `
What goes to a folder, a bucket or a directory (a target that ends with a slash) keeps its name. With
--recursive what is below the source comes below the target. Interrupted transfers of large objects go
on when the same command is run again. Bytes are compared with their checksums at both ends.

Examples:
  kist object cp ./report.pdf local/docs/
  kist object cp ./photos local/photos --recursive --exclude '*.tmp'
  kist object cp local/photos/2026 s3://archive/2026 --recursive --storage-class STANDARD_IA
  pg_dump shop | kist object cp - local/dumps/shop.sql`;

const syncHelp = `
A target is taken for the same as its source if it has its size and the source was not changed after
it; --checksum compares what is in them, without fetching it. --delete removes what only the target
has, unless something was skipped or failed.

Examples:
  kist object sync ./site local/site --delete
  kist object sync local/site s3://site --checksum --dry-run`;

const mirrorHelp = `
With --watch it goes on until Ctrl-C: after each change the directory is compared with what was mirrored,
and so it is every --rescan-every, should the file system have told too little.

Example:
  kist object mirror ./inbox local/inbox --watch --delete`;

const shareHelp = `
For POST it prints a form, as a curl command or with --json as its fields. URLs hold a signature and not
the key: who has one can do this one thing until it expires.

Examples:
  kist object share local/docs/report.pdf --expires 2d
  kist object share local/inbox/upload.bin --method put
  kist object share local/inbox/photo.jpg --method post --max-size 10MiB --json`;

export function createObjectCommand(ended: Ended): Command {
  const command = new Command('object')
    .description('List, copy, move, remove, find, synchronise and share objects.')
    .addHelpText('after', placesHelp);
  addList(command, ended);
  addCopies(command, ended);
  addRemove(command, ended);
  addReads(command, ended);
  addFind(command, ended);
  addSync(command, ended);
  addShare(command, ended);
  return command;
}

function addList(command: Command, ended: Ended): void {
  const list = command
    .command('ls')
    .description('List buckets, or what begins with a path, up to the next slash.')
    .argument('[path]', 'default: the buckets of the default server')
    .option('--recursive', 'All keys, not up to the next slash')
    .option('--versions', 'All versions and delete markers')
    .option('--summarize', 'Count and sum at the end')
    .option('--bytes', 'Sizes as numbers of bytes')
    .addOption(jsonOption());
  list.action(async (path?: string) => {
    const { listObjects } = await import('./list.ts');
    ended(await listObjects(path, list.opts<ListFlags>()));
  });
}

function addCopies(command: Command, ended: Ended): void {
  for (const [name, verb, description] of [
    ['cp', 'copy', 'Copy files and objects: up, down, within a server, between servers.'],
    ['mv', 'move', 'Copy, and remove each source that was copied.'],
  ] as const) {
    const copy = command
      .command(name)
      .description(description)
      .argument('<places...>', 'one or more sources, and the target')
      .option('--recursive', 'All that is below the source')
      .addOption(versionIdOption());
    withFilters(withRun(withTransfer(withDescription(copy)))).addHelpText('after', copyHelp);
    copy.action(async (places: readonly string[]) => {
      if (places.length < 2) throw usageError(`kist object ${name} takes a source and a target.`);
      const { copyObjects } = await import('./copy.ts');
      const flags = copy.opts<CopyCommandFlags>();
      ended(await copyObjects(verb, places, { ...flags, filters: filtersIn(copy.opts()) }));
    });
  }
}

function addRemove(command: Command, ended: Ended): void {
  const remove = command
    .command('rm')
    .description('Remove objects, versions, or all that is in a folder.')
    .argument('<paths...>', 'objects, or with --recursive folders and buckets')
    .option('--recursive', 'All that is below')
    .option('--force', 'Needed for --recursive')
    .option('--versions', 'All versions and delete markers, for good')
    .addOption(versionIdOption())
    .option('--bypass-governance', 'Versions that are locked in governance mode, too');
  withFilters(withRun(remove));
  remove.action(async (paths: readonly string[]) => {
    const { removeObjects } = await import('./remove.ts');
    const flags = remove.opts<RemoveFlags>();
    ended(await removeObjects(paths, { ...flags, filters: filtersIn(remove.opts()) }));
  });
}

function addReads(command: Command, ended: Ended): void {
  const cat = command
    .command('cat')
    .description('Write objects to standard output, one after the other.')
    .argument('<paths...>', 'objects')
    .addOption(versionIdOption())
    .addOption(keyFileOption());
  cat.action(async (paths: readonly string[]) => {
    const { catObjects } = await import('./read.ts');
    ended(await catObjects(paths, cat.opts<ReadFlags>()));
  });
  const head = command
    .command('head')
    .description('Write the first lines of an object to standard output.')
    .argument('<path>', 'an object')
    .addOption(new Option('--lines <number>', 'So many').argParser(parseCount(0, 1e9)).default(10))
    .addOption(
      new Option('--bytes <bytes>', 'So many bytes instead')
        .argParser(parseByteAmount)
        .conflicts('lines'),
    )
    .addOption(versionIdOption())
    .addOption(keyFileOption());
  head.action(async (path: string) => {
    const { headObject } = await import('./read.ts');
    ended(await headObject(path, head.opts<HeadFlags>()));
  });
}

function addFind(command: Command, ended: Ended): void {
  const find = command
    .command('find')
    .description('Print the objects below a folder that fit.')
    .argument('<path>', 'a bucket or folder')
    .option('--name <glob>', 'Last part of the key; the whole key if the pattern has a slash')
    .option('--regex <expression>', 'In the key, as JavaScript has it')
    .addOption(new Option('--larger <bytes>', 'Than 10MiB').argParser(parseByteAmount))
    .addOption(new Option('--smaller <bytes>', 'Than 4KiB').argParser(parseByteAmount))
    .addOption(new Option('--older-than <age>', '30s, 10min, 12h, 7d, 2w').argParser(parseAge))
    .addOption(new Option('--newer-than <age>', '30s, 10min, 12h, 7d, 2w').argParser(parseAge))
    .addOption(jsonOption());
  find.action(async (path: string) => {
    const { findObjects } = await import('./find.ts');
    ended(await findObjects(path, find.opts<FindFlags>()));
  });
  const usage = command
    .command('du')
    .description('Sum objects and bytes below a folder, for each folder down to a depth.')
    .argument('<path>', 'a bucket or folder')
    .addOption(
      new Option('--depth <number>', 'Folders below; 0: the sum alone')
        .argParser(parseCount(0, 1024))
        .default(1),
    )
    .option('--versions', 'With versions that are not the current ones')
    .option('--bytes', 'Sizes as numbers of bytes')
    .addOption(jsonOption());
  usage.action(async (path: string) => {
    const { showUsage } = await import('./find.ts');
    ended(await showUsage(path, usage.opts<UsageFlags>()));
  });
}

function addSync(command: Command, ended: Ended): void {
  const sync = command
    .command('sync')
    .description('Make a folder like another one: up, down, or from bucket to bucket.')
    .argument('<source>', 'a bucket, folder or directory')
    .argument('<target>', 'a bucket, folder or directory')
    .option('--delete', 'Remove what only the target has')
    .option('--checksum', 'Compare what is in them, not their times')
    .option('--size-only', 'Compare their sizes, not their times');
  withFilters(withRun(withTransfer(withDescription(sync)))).addHelpText('after', syncHelp);
  sync.action(async (source: string, target: string) => {
    const { syncObjects } = await import('./sync.ts');
    const flags = sync.opts<SyncFlags>();
    ended(await syncObjects(source, target, { ...flags, filters: filtersIn(sync.opts()) }));
  });
  const mirror = command
    .command('mirror')
    .description('Keep objects like the files of a directory, while these change.')
    .argument('<directory>', 'a local directory')
    .argument('<target>', 'a bucket or folder')
    .option('--watch', 'Go on until Ctrl-C')
    .option('--delete', 'Remove objects of which there is no file')
    .addOption(
      new Option('--rescan-every <age>', 'Look through all of it, whatever was told')
        .argParser(parseAge)
        .default(30_000, '30s'),
    );
  withFilters(withRun(withTransfer(withDescription(mirror)))).addHelpText('after', mirrorHelp);
  mirror.action(async (directory: string, target: string) => {
    const { mirrorDirectory } = await import('./mirror.ts');
    const flags = mirror.opts<MirrorFlags>();
    ended(
      await mirrorDirectory(directory, target, { ...flags, filters: filtersIn(mirror.opts()) }),
    );
  });
}

function addShare(command: Command, ended: Ended): void {
  const share = command
    .command('share')
    .description('Make a URL or form that lets others read or write an object for a while.')
    .argument('<path>', 'an object, which need not be there yet')
    .addOption(
      new Option('--method <method>', 'What it is for')
        .choices(['get', 'head', 'put', 'post', 'delete'])
        .default('get'),
    )
    .addOption(
      new Option('--expires <age>', 'How long it works; a week at most with version 4')
        .argParser(parseAge)
        .default(3_600_000, '1h'),
    )
    .addOption(
      new Option('--signature-version <version>', 'Instead of the alias’s').choices(['s3v4', 's3']),
    )
    .addOption(versionIdOption())
    .option('--content-type <type>', 'That an upload has to have')
    .option('--download-as <name>', 'The name that browsers give to what they save')
    .addOption(
      new Option('--max-size <bytes>', 'Of what a form uploads').argParser(parseByteAmount),
    )
    .addOption(jsonOption())
    .addHelpText('after', shareHelp);
  share.action(async (path: string) => {
    const { shareObject } = await import('./share.ts');
    ended(await shareObject(path, share.opts<ShareFlags>()));
  });
}
