/**
 * A bucket's server access logging: what PutBucketLogging asks for, as it is kept ("Logging requests with
 * server access logging" in the S3 user guide), and the key and ACL of what is delivered under it.
 */
import type {
  LoggingEnabled,
  PartitionDateSource,
  TargetObjectKeyFormat,
} from '../../model/types.gen.ts';
import type { ObjectOwnership } from '../../policy/bucket-rules.ts';
import { privateAcl } from '../../policy/canned-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { Acl, Bucket, Grant } from '../../store/records.ts';

/** The name under which a bucket keeps the configuration. */
export const loggingConfig = 'logging';

export interface LoggingRecord {
  readonly targetBucket: string;
  readonly targetPrefix: string;
  /** What others than the target's owner get of each log object. */
  readonly grants: readonly Grant[];
  /** As it was asked for; absent is a simple prefix. */
  readonly keyFormat?: TargetObjectKeyFormat | undefined;
}

/** Whether requests to the bucket are logged. */
export const isLogged = ({ configured }: Bucket): boolean =>
  configured?.includes(loggingConfig) === true;

/** In bytes of UTF-8. */
const maxKeyBytes = 1024;
const uniqueLength = 16;

/** @throws S3Error MalformedXML, InvalidArgument */
export function loggingRecordOf(
  { TargetBucket, TargetPrefix, TargetObjectKeyFormat: keyFormat }: LoggingEnabled,
  grants: readonly Grant[],
  source: LogSource,
): LoggingRecord {
  if (
    keyFormat !== undefined &&
    (keyFormat.SimplePrefix === undefined) === (keyFormat.PartitionedPrefix === undefined)
  ) {
    throw new S3Error('MalformedXML');
  }
  const record = { targetBucket: TargetBucket, targetPrefix: TargetPrefix, grants, keyFormat };
  const longest = logObjectKey(record, source, { at: 0, unique: '0'.repeat(uniqueLength) });
  if (Buffer.byteLength(longest) > maxKeyBytes) {
    throw new S3Error('InvalidArgument', {
      message: `The keys of log objects would be longer than ${maxKeyBytes} bytes`,
      fields: { ArgumentName: 'TargetPrefix', ArgumentValue: TargetPrefix },
    });
  }
  return record;
}

/** The date that keys are partitioned by; undefined where they aren't. */
export function partitionedBy({ keyFormat }: LoggingRecord): PartitionDateSource | undefined {
  const partitioned = keyFormat?.PartitionedPrefix;
  return partitioned && (partitioned.PartitionDateSource ?? 'DeliveryTime');
}

/** The bucket that is logged. */
export interface LogSource {
  /** Canonical id of its owner, which is also the account's id. */
  readonly owner: string;
  readonly region: string;
  readonly bucket: string;
}

export interface LogDelivery {
  /** Milliseconds since the epoch: of the delivery, or of the events where keys are partitioned by these. */
  readonly at: number;
  /** Sixteen characters that no other delivery has. */
  readonly unique: string;
}

/** "Log object key format" in the user guide. Logs by the time of events tell the day only. */
export function logObjectKey(
  record: LoggingRecord,
  { owner, region, bucket }: LogSource,
  { at, unique }: LogDelivery,
): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const partition = partitionedBy(record);
  const clock = partition === 'EventTime' ? '00-00-00' : time.slice(0, 8).replaceAll(':', '-');
  const name = `${day}-${clock}-${unique}`;
  const { targetPrefix } = record;
  if (partition === undefined) return `${targetPrefix}${name}`;
  return `${targetPrefix}${owner}/${region}/${bucket}/${day.replaceAll('-', '/')}/${name}`;
}

/** Log objects are the target's owner's; grants to others have an effect where ACLs have one. */
export function logObjectAcl(
  { grants }: LoggingRecord,
  owner: string,
  ownership: ObjectOwnership | undefined,
): Acl {
  const own = privateAcl(owner);
  if (ownership === 'BucketOwnerEnforced') return own;
  return { owner, grants: [...own.grants, ...grants] };
}
