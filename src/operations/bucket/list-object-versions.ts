/**
 * ListObjectVersions: every version and delete marker, keys in order, the newest of a key first. In a bucket
 * that was never versioned each object is its own latest version, `null`.
 */
import type {
  DeleteMarkerEntry,
  ListObjectVersionsRequest,
  ObjectVersion,
  ObjectVersionStorageClass,
} from '../../model/types.gen.ts';
import { itemOrder } from '../../protocol/encode-xml.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag } from '../../protocol/etag.ts';
import { assertVersionId } from '../../protocol/version-id.ts';
import type { VersionSummary } from '../../store/object-summary.ts';
import type { ListedVersion, PageOf } from '../../store/store.ts';
import { keyMarker } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';
import {
  checksumAlgorithmsOf,
  echoOf,
  listObjectsMembers,
  ownerShapes,
  pageQuery,
} from './list-page.ts';

type VersionsInput = Pick<ListObjectVersionsRequest, 'KeyMarker' | 'VersionIdMarker'>;

export const ListObjectVersions = defineOperation({
  name: 'ListObjectVersions',
  access: { on: 'bucket', action: 's3:ListBucketVersions', permission: 'READ' },
  accepts: [...listObjectsMembers, 'KeyMarker', 'VersionIdMarker'],
  async run(input, { bucket, identity, store }) {
    const after = keyMarker(input.KeyMarker);
    const afterVersionId = versionIdMarker(input);
    const query = pageQuery(input);
    const page = await store.listing.versionSummaries(bucket, { ...query, after, afterVersionId });
    const ownerOf = ownerShapes(identity);
    const { order, prefixes, versions, markers } = partition(page, ownerOf);
    const last = page.more ? page.entries.at(-1) : undefined;
    return {
      ...echoOf(input, bucket, query, prefixes, page.more),
      KeyMarker: after ?? '',
      VersionIdMarker: afterVersionId ?? '',
      NextKeyMarker: last?.kind === 'prefix' ? last.prefix : last?.version.key,
      NextVersionIdMarker: last?.kind === 'version' ? last.version.versionId : undefined,
      Versions: versions,
      DeleteMarkers: markers,
      [itemOrder]: order,
    };
  },
});

function versionIdMarker({ KeyMarker, VersionIdMarker }: VersionsInput): string | undefined {
  if (VersionIdMarker === undefined || VersionIdMarker === '') return undefined;
  if (keyMarker(KeyMarker) === undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'A version-id marker cannot be specified without a key marker.',
      fields: { ArgumentName: 'version-id-marker', ArgumentValue: VersionIdMarker },
    });
  }
  assertVersionId(VersionIdMarker, 'version-id-marker');
  return VersionIdMarker;
}

/** Versions, delete markers and common prefixes are different elements of the answer. */
function partition(
  { entries }: PageOf<ListedVersion<VersionSummary>>,
  ownerOf: ReturnType<typeof ownerShapes>,
) {
  const order: (ObjectVersion | DeleteMarkerEntry)[] = [];
  const versions: ObjectVersion[] = [];
  const markers: DeleteMarkerEntry[] = [];
  const prefixes: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'prefix') {
      prefixes.push(entry.prefix);
      continue;
    }
    const { version, latest } = entry;
    const common = {
      Key: version.key,
      VersionId: version.versionId,
      IsLatest: latest,
      LastModified: new Date(version.lastModified),
      Owner: ownerOf(version.owner),
    };
    if (version.deleteMarker) markers.push(common);
    else versions.push({ ...common, ...bodyOf(version) });
    order.push((version.deleteMarker ? markers : versions).at(-1)!);
  }
  return { order, versions, markers, prefixes };
}

const bodyOf = (object: VersionSummary) => ({
  ETag: formatETag(object.etag),
  ChecksumAlgorithm: checksumAlgorithmsOf(object),
  ChecksumType: object.checksum?.type,
  Size: object.size,
  StorageClass: object.storageClass as ObjectVersionStorageClass,
});
