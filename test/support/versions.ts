/** Buckets with versioning or object lock, and what is in them. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutBucketVersioningCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { put } from './objects.ts';
import { type TestServer, uniqueBucketName } from './test-server.ts';

export async function setVersioning(
  client: S3Client,
  Bucket: string,
  Status: 'Enabled' | 'Suspended',
): Promise<void> {
  await client.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }),
  );
}

export async function versionedBucket(server: TestServer): Promise<string> {
  const Bucket = await server.createBucket();
  await setVersioning(server.main, Bucket, 'Enabled');
  return Bucket;
}

export async function lockBucket(server: TestServer): Promise<string> {
  const Bucket = uniqueBucketName();
  await server.main.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  return Bucket;
}

/** The id of a new version. */
export async function putVersion(
  client: S3Client,
  Bucket: string,
  Key: string,
  Body = Key,
  more: Partial<PutObjectCommandInput> = {},
): Promise<string> {
  const { VersionId } = await put(client, Bucket, Key, Body, more);
  if (VersionId === undefined) throw new Error('There is no version id in the answer.');
  return VersionId;
}

/** The id of a new delete marker. */
export async function putMarker(client: S3Client, Bucket: string, Key: string): Promise<string> {
  const { VersionId } = await client.send(new DeleteObjectCommand({ Bucket, Key }));
  if (VersionId === undefined) throw new Error('There is no version id in the answer.');
  return VersionId;
}

export interface History {
  /** `KEY ID`, with ` latest` for the current one. */
  readonly versions: readonly string[];
  readonly markers: readonly string[];
}

interface ListedVersion {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly IsLatest?: boolean;
}

const line = ({ Key, VersionId, IsLatest }: ListedVersion): string =>
  `${Key} ${VersionId}${IsLatest === true ? ' latest' : ''}`;

/** The first page of a bucket's versions. */
export async function history(
  client: S3Client,
  Bucket: string,
  more: Partial<ListObjectVersionsCommandInput> = {},
): Promise<History> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket, ...more }),
  );
  return { versions: Versions.map(line), markers: DeleteMarkers.map(line) };
}
