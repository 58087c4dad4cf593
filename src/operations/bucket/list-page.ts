/** One page of a bucket's objects, as ListObjects, ListObjectsV2 and ListObjectVersions read and show it. */
import type { _Object, CommonPrefix, ListObjectsRequest } from '../../model/types.gen.ts';
import { ownerShape } from '../../policy/access-control-policy.ts';
import { formatETag } from '../../protocol/etag.ts';
import type { StoredObject } from '../../store/records.ts';
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

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** The last of both; undefined on an empty page. */
  readonly last: string | undefined;
  readonly lastIsPrefix: boolean;
  readonly more: boolean;
  /** What every such listing answers with, whatever it found. */
  readonly echoed: {
    readonly Name: string;
    readonly Prefix: string;
    readonly Delimiter: string | undefined;
    readonly MaxKeys: number;
    readonly EncodingType: ListObjectsRequest['EncodingType'];
    readonly IsTruncated: boolean;
    readonly CommonPrefixes: readonly CommonPrefix[] | undefined;
  };
}

export async function objectPage(
  input: PageInput,
  after: string | undefined,
  { bucket, store }: OperationContext,
): Promise<ObjectPage> {
  const prefix = keyParameter(input.Prefix);
  const delimiter = keyParameter(input.Delimiter);
  const limit = pageSize(input.MaxKeys, maxKeysPerPage);
  const { entries, more } = await store.listing.objects(bucket, {
    prefix,
    delimiter,
    after,
    limit,
  });
  const objects: StoredObject[] = [];
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
    lastIsPrefix: last?.kind === 'prefix',
    more,
    echoed: {
      Name: bucket.name,
      Prefix: prefix,
      Delimiter: delimiter === '' ? undefined : delimiter,
      MaxKeys: limit,
      EncodingType: input.EncodingType,
      IsTruncated: more,
      CommonPrefixes: commonPrefixes(prefixes),
    },
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

/** An entry of `Contents`, without its owner. */
export function objectEntry(object: StoredObject): _Object {
  const { key, lastModified, etag, size, storageClass, checksum } = object;
  return {
    Key: key,
    LastModified: new Date(lastModified),
    ETag: formatETag(etag),
    ChecksumAlgorithm: checksum === undefined ? undefined : [checksum.algorithm],
    ChecksumType: checksum?.type,
    Size: size,
    StorageClass: storageClass as _Object['StorageClass'],
  };
}
