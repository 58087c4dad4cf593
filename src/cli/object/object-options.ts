/** Options that several of the object commands have. */
import { type Command, Option } from 'commander';
import { enums } from '../../model/enums.gen.ts';
import { collect, parseCount, parsePartBytes, parseRate } from '../amount-options.ts';
import type { Filter } from './glob.ts';

const maxConcurrency = 64;

export const jsonOption = (): Option => new Option('--json', 'One JSON object a line');
export const quietOption = (): Option => new Option('--quiet', 'Print errors only');
export const versionIdOption = (): Option =>
  new Option('--version-id <id>', 'That version of the object');
export const keyFileOption = (): Option =>
  new Option('--sse-c-key-file <file>', "The key of an object that is encrypted with one's own");

/** In the order in which they were said. */
export function withFilters(command: Command): Command {
  const filters: Filter[] = [];
  const add =
    (kind: Filter['kind']) =>
    (pattern: string): readonly Filter[] => {
      filters.push({ kind, pattern });
      return filters;
    };
  return command
    .addOption(
      new Option(
        '--include <glob>',
        'Keys below the folder that take part; the last pattern wins',
      ).argParser(add('include')),
    )
    .addOption(
      new Option('--exclude <glob>', 'Keys below the folder that take no part').argParser(
        add('exclude'),
      ),
    );
}

/** What `withFilters` gathered. */
export const filtersIn = (flags: {
  readonly include?: readonly Filter[];
  readonly exclude?: readonly Filter[];
}): readonly Filter[] => flags.include ?? flags.exclude ?? [];

export const withRun = (command: Command): Command =>
  command
    .option('--dry-run', 'Say what would be done, and do nothing')
    .addOption(quietOption())
    .addOption(jsonOption());

/** How much at once, and how fast. */
export const withPace = (command: Command): Command =>
  command
    .addOption(
      new Option('--concurrency <number>', 'Objects at once; large ones go in 4 parts at once each')
        .argParser(parseCount(1, maxConcurrency))
        .default(4),
    )
    .addOption(
      new Option('--part-size <bytes>', 'Of large objects (default: 8MiB)').argParser(
        parsePartBytes,
      ),
    )
    .addOption(
      new Option('--limit-rate <bytes>', 'A second, of all transfers together: 10MiB').argParser(
        parseRate,
      ),
    );

export const withTransfer = (command: Command): Command =>
  withPace(command).option('--no-resume', 'Begin anew where an earlier run was interrupted');

export const withDescription = (command: Command): Command =>
  command
    .option('--content-type <type>', 'Of what is written (default: by extension, or the source’s)')
    .option('--cache-control <text>', 'Cache-Control of what is written')
    .option('--content-disposition <text>', 'Content-Disposition of what is written')
    .option('--content-encoding <text>', 'Content-Encoding of what is written')
    .option('--metadata <name=value>', 'Metadata of what is written; may be repeated', collect)
    .option('--tags <name=value>', 'Tags of what is written; may be repeated', collect)
    .addOption(new Option('--acl <acl>', 'Canned ACL').choices(enums.ObjectCannedACL))
    .addOption(new Option('--storage-class <class>', 'Storage class').choices(enums.StorageClass))
    .addOption(
      new Option('--sse <method>', 'Encryption by the server').choices(['AES256', 'aws:kms']),
    )
    .option('--sse-kms-key-id <id>', 'The key of --sse aws:kms')
    .option('--sse-c-key-file <file>', 'Encrypt what is written with this key: 32 bytes, or base64')
    .option('--source-sse-c-key-file <file>', 'The key that what is read was encrypted with');
