/** What copies are told beside what goes where, from flags to members of S3's operations. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ClientInput } from '../../client/types.ts';
import { usageError } from '../command-error.ts';
import type { Filter } from './glob.ts';

export interface CopyFlags {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly metadata?: readonly string[];
  readonly tags?: readonly string[];
  readonly acl?: ClientInput<'PutObject'>['ACL'];
  readonly storageClass?: ClientInput<'PutObject'>['StorageClass'];
  readonly sse?: 'AES256' | 'aws:kms';
  readonly sseKmsKeyId?: string;
  readonly sseCKeyFile?: string;
  readonly sourceSseCKeyFile?: string;
  readonly partSize?: number;
  readonly concurrency: number;
  readonly resume: boolean;
}

export interface RunFlags extends CopyFlags {
  readonly filters?: readonly Filter[];
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly limitRate?: number;
}

type Described = Pick<
  ClientInput<'PutObject'>,
  | 'ACL'
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentType'
  | 'Metadata'
  | 'SSECustomerAlgorithm'
  | 'SSECustomerKey'
  | 'SSECustomerKeyMD5'
  | 'SSEKMSKeyId'
  | 'ServerSideEncryption'
  | 'StorageClass'
  | 'Tagging'
>;

export interface CopySettings {
  /** Of objects that are written; what was not asked for is left out. */
  readonly written: Described;
  /** Whether any of these replaces what a source says of itself. */
  readonly replaces: { readonly headers: boolean; readonly tags: boolean };
  /** The key of objects that are read, which their owners gave. */
  readonly read: CustomerKey;
  readonly partBytes: number | undefined;
  readonly concurrency: number;
  readonly resumes: boolean;
}

export interface CustomerKey {
  readonly SSECustomerAlgorithm?: string;
  readonly SSECustomerKey?: string;
  readonly SSECustomerKeyMD5?: string;
}

const customerKeyBytes = 32;

/** @throws CommandError for flags that can't be */
export function copySettings(flags: CopyFlags): CopySettings {
  if (flags.sseKmsKeyId !== undefined && flags.sse !== 'aws:kms') {
    throw usageError('--sse-kms-key-id is for --sse aws:kms.');
  }
  if (flags.sseCKeyFile !== undefined && flags.sse !== undefined) {
    throw usageError('--sse-c-key-file and --sse exclude each other.');
  }
  const headers = withoutUndefined({
    ContentType: flags.contentType,
    CacheControl: flags.cacheControl,
    ContentDisposition: flags.contentDisposition,
    ContentEncoding: flags.contentEncoding,
    Metadata: pairsOf(flags.metadata, '--metadata'),
  });
  const tags = pairsOf(flags.tags, '--tags');
  return {
    written: withoutUndefined({
      ...headers,
      Tagging: tags && new URLSearchParams(tags).toString().replaceAll('+', '%20'),
      ACL: flags.acl,
      StorageClass: flags.storageClass,
      ServerSideEncryption: flags.sse,
      SSEKMSKeyId: flags.sseKmsKeyId,
      ...customerKey(flags.sseCKeyFile),
    }),
    replaces: { headers: Object.keys(headers).length > 0, tags: tags !== undefined },
    read: customerKey(flags.sourceSseCKeyFile),
    partBytes: flags.partSize,
    concurrency: flags.concurrency,
    resumes: flags.resume,
  };
}

/** @param file 32 bytes, or these in base64 */
export function customerKey(file: string | undefined): CustomerKey {
  if (file === undefined) return {};
  const raw = readFileSync(file);
  const key = raw.length === customerKeyBytes ? raw : Buffer.from(raw.toString('latin1'), 'base64');
  if (key.length !== customerKeyBytes) {
    throw usageError(`${file} must hold a key of ${customerKeyBytes} bytes, plain or in base64.`);
  }
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  };
}

function pairsOf(
  given: readonly string[] | undefined,
  flag: string,
): Readonly<Record<string, string>> | undefined {
  if (given === undefined) return undefined;
  const pairs: Record<string, string> = {};
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw usageError(`${flag} takes NAME=VALUE, not ${JSON.stringify(one)}.`);
    pairs[one.slice(0, at)] = one.slice(at + 1);
  }
  return pairs;
}

const withoutUndefined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as Value;
