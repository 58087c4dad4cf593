/** One page of a bucket, as ListObjects, ListObjectsV2 and ListObjectVersions ask for it and show it. */
import type { _Object, CommonPrefix, ListObjectsRequest } from '../../model/types.gen.ts';
import { ownerShape } from '../../policy/access-control-policy.ts';
import { formatETag } from '../../protocol/etag.ts';
import type { VersionSummary } from '../../store/object-summary.ts';
import type { Bucket } from '../../store/records.ts';
import type { ListObjectsQuery } from '../../store/store.ts';
import { keyParameter, maxKeysPerPage, pageSize } from '../list-parameters.ts';
import type { OperationContext } from '../operation.ts';

/** For `accepts`. RestoreStatus may be asked for; nothing is archived, so there is none to show. */
export const listObjectsMembers = [
  'Delimiter',
  'EncodingType',
  'MaxKeys',
  'Prefix',
  'OptionalObjectAttributes',
] as const satisfies readonly (keyof ListObjectsRequest)[];

type PageInput = Pick<ListObjectsRequest, (typeof listObjectsMembers)[number]>;

/** What every such listing answers with, whatever it found. */
export interface PageEcho {
  readonly Name: string;
  readonly Prefix: string;
  readonly Delimiter: string | undefined;
  readonly MaxKeys: number;
  readonly EncodingType: ListObjectsRequest['EncodingType'];
  readonly IsTruncated: boolean;
  readonly CommonPrefixes: readonly CommonPrefix[] | undefined;
}

export interface ObjectPage {
  readonly objects: readonly VersionSummary[];
  readonly prefixes: readonly string[];
  /** The last of both; undefined on an empty page. */
  readonly last: string | undefined;
  readonly more: boolean;
  readonly echoed: PageEcho;
}

/** What is asked for of a listing, but for where it begins. */
export function pageQuery(input: PageInput): Omit<ListObjectsQuery, 'after'> {
  return {
    prefix: keyParameter(input.Prefix),
    delimiter: keyParameter(input.Delimiter),
    limit: pageSize(input.MaxKeys, maxKeysPerPage),
  };
}

export function echoOf(
  { EncodingType }: PageInput,
  { name }: Bucket,
  { prefix, delimiter, limit }: ListObjectsQuery,
  prefixes: readonly string[],
  more: boolean,
): PageEcho {
  return {
    Name: name,
    Prefix: prefix,
    Delimiter: delimiter === '' ? undefined : delimiter,
    MaxKeys: limit,
    EncodingType,
    IsTruncated: more,
    CommonPrefixes: commonPrefixes(prefixes),
  };
}

export async function objectPage(
  input: PageInput,
  after: string | undefined,
  { bucket, store }: OperationContext,
): Promise<ObjectPage> {
  const query = pageQuery(input);
  const { entries, more } = await store.listing.objectSummaries(bucket, { ...query, after });
  const objects: VersionSummary[] = [];
  const prefixes: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'object') objects.push(entry.object);
    else prefixes.push(entry.prefix);
  }
  const last = entries.at(-1);
  return {
    objects,
    prefixes,
    last: last?.kind === 'prefix' ? last.prefix : last?.object.key,
    more,
    echoed: echoOf(input, bucket, query, prefixes, more),
  };
}

export function commonPrefixes(prefixes: readonly string[]): readonly CommonPrefix[] | undefined {
  return prefixes.length === 0 ? undefined : prefixes.map((Prefix) => ({ Prefix }));
}

/** Owners repeat: each is looked up once a page. */
export function ownerShapes(
  identity: OperationContext['identity'],
): (accountId: string) => ReturnType<typeof ownerShape> {
  const known = new Map<string, ReturnType<typeof ownerShape>>();
  return (accountId) => {
    let shape = known.get(accountId);
    if (shape === undefined) {
      shape = ownerShape(accountId, identity);
      known.set(accountId, shape);
    }
    return shape;
  };
}

export const checksumAlgorithmsOf = ({ checksum }: VersionSummary) =>
  checksum === undefined ? undefined : [checksum.algorithm];

/**
 * An entry of `Contents`. Of a damaged record the key alone: a client that mirrors must neither take it for
 * deleted nor be told a size that it hasn't, and the rest of the page is no worse for it.
 */
export function objectEntry(object: VersionSummary, owner?: _Object['Owner']): _Object {
  if (object.damaged) return { Key: object.key };
  const { key, lastModified, etag, size, storageClass, checksum } = object;
  return {
    // In one: objects spread into others took longer than all of the rest of an entry.
    Key: key,
    LastModified: new Date(lastModified),
    ETag: formatETag(etag),
    ChecksumAlgorithm: checksumAlgorithmsOf(object),
    ChecksumType: checksum?.type,
    Size: size,
    StorageClass: storageClass as _Object['StorageClass'],
    Owner: owner,
  };
}
