/** One object, or one version of it, from server to server: a stream that is verified on both sides, with all it has. */

import { S3Error } from '../../client/s3-error.ts';
import { openDownload } from '../../client/transfer/download.ts';
import type { ClientOutput } from '../../client/types.ts';
import { describedBy, tagsOf } from '../object/server-copy.ts';
import { comingGrants, grantMembers } from './bucket-acl.ts';
import type { BucketPair } from './bucket-import.ts';
import type { Report } from './report.ts';

/** Parts of one object that are under way at once. */
const partsAtOnce = 4;

/** Those that Kist keeps, as it can read all of its objects at once (docs/decisions/0004). */
const classesThatStay: ReadonlySet<string> = new Set([
  'GLACIER_IR',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'REDUCED_REDUNDANCY',
  'STANDARD',
  'STANDARD_IA',
]);

/** What is there can't be read before somebody has asked for it. */
const archives: ReadonlySet<string> = new Set(['DEEP_ARCHIVE', 'GLACIER']);

export interface ObjectCopy {
  readonly pair: BucketPair;
  readonly report: Report;
  /** Canonical id of who owns the target's bucket. */
  readonly owner: string;
  /** Whether objects of the source can have ACLs of their own. */
  readonly hasAcls: boolean;
  readonly partBytes: number | undefined;
}

export interface SourceObject {
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

/** Gives the id of the version that it became, if any. */
export async function copyObject(
  copy: ObjectCopy,
  object: SourceObject,
): Promise<string | undefined> {
  const { pair, owner, partBytes } = copy;
  const { source, target } = pair;
  const { Bucket, signal } = source;
  const opened = await openDownload(
    source.client,
    { Bucket, ...object },
    { concurrency: partsAtOnce, partBytes, signal },
  );
  const { Body, ContentLength } = opened;
  const place = { alias: undefined, kind: 'remote' as const, bucket: Bucket, key: object.Key };
  const at = { kind: 'object' as const, client: source.client, place, versionId: object.VersionId };
  const answer = await target.client.upload(
    {
      ...describedBy(opened),
      ...classOf(opened),
      ...lockOf(opened),
      ...grantMembers(owner, await groupsOf(copy, object)),
      Tagging: await tagsOf(at, opened, signal),
      Bucket,
      Key: object.Key,
      Body,
      ContentLength,
    },
    { concurrency: partsAtOnce, partBytes, signal },
  );
  if (answer.$transfer.parts === 0) assertSameMd5(opened, answer);
  return answer.VersionId;
}

type Head = ClientOutput<'HeadObject'>;

const classOf = ({ StorageClass }: Head) =>
  StorageClass === undefined || classesThatStay.has(StorageClass) ? { StorageClass } : {};

/** By what a list says, so that a dry run tells the same. */
export function tellClass(report: Report, name: string, StorageClass: string | undefined): void {
  if (StorageClass === undefined || classesThatStay.has(StorageClass)) return;
  const archive = archives.has(StorageClass)
    ? ', and fails unless it was restored in the source'
    : '';
  report.left('storageClass', name, `${StorageClass}: it becomes STANDARD${archive}`);
}

/** What is over protects nothing, and can't be set. */
function lockOf(head: Head) {
  const { ObjectLockMode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus } = head;
  const isHeld = ObjectLockLegalHoldStatus === 'ON';
  return {
    ...(ObjectLockMode !== undefined &&
      until !== undefined &&
      until.getTime() > Date.now() && { ObjectLockMode, ObjectLockRetainUntilDate: until }),
    ...(isHeld && { ObjectLockLegalHoldStatus }),
  };
}

async function groupsOf({ pair, report, hasAcls }: ObjectCopy, object: SourceObject) {
  if (!hasAcls) return [];
  const { client, Bucket, signal } = pair.source;
  const { groups, others } = comingGrants(
    await client.getObjectAcl({ Bucket, ...object }, { signal }),
  );
  const name = `${Bucket}/${object.Key}`;
  for (const one of others) report.left('acl', name, `${one}: an account of the source`);
  const block = pair.settings.get('publicAccessBlock') as { BlockPublicAcls?: boolean } | undefined;
  if (groups.length === 0 || !block?.BlockPublicAcls) return groups;
  report.left('acl', name, "grants to everybody, which its bucket's public access block refuses");
  return [];
}

interface Tagged {
  readonly ETag?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/** Servers that keep no checksum of an object still have its MD5 in the ETag, where it was sent in one piece. */
export function assertSameMd5(source: Tagged, target: Tagged): void {
  const [theirs, ours] = [md5Of(source), md5Of(target)];
  if (theirs === undefined || ours === undefined || theirs === ours) return;
  throw new S3Error(
    'ChecksumMismatch',
    `its MD5 is ${theirs} in the source, and ${ours} in the target`,
  );
}

/** Of what is encrypted the ETag need not be the MD5, and of parts it is another one. */
function md5Of({ ETag = '', ServerSideEncryption, SSECustomerAlgorithm }: Tagged) {
  const isPlain = ServerSideEncryption === undefined || ServerSideEncryption === 'AES256';
  if (!isPlain || SSECustomerAlgorithm !== undefined) return undefined;
  return /^"?([0-9a-f]{32})"?$/.exec(ETag)?.[1];
}
