/**
 * The fields of an inventory list, and its rows as CSV ("Contents of S3 Inventory" in the user guide): every value
 * in quotes, keys percent-encoded, no heading. What a delete marker doesn't have is empty.
 */
import type { InventoryConfiguration, InventoryOptionalField } from '../../model/types.gen.ts';
import { groupUris } from '../../policy/acl.ts';
import type { ObjectOwnership } from '../../policy/bucket-rules.ts';
import { effectiveAcl } from '../../policy/governed-acl.ts';
import type { Acl, Bucket, StoredObject, StoredVersion } from '../../store/records.ts';
import { dayMs, expiryOf, lastDate } from '../lifecycle/evaluate.ts';
import type { Rule } from '../lifecycle/rules.ts';

/** What rows need to know of the bucket. */
export interface InventoriedBucket {
  readonly bucket: Bucket;
  readonly ownership: ObjectOwnership | undefined;
  readonly lifecycle: readonly Rule[];
}

export interface InventoriedVersion {
  readonly version: StoredVersion;
  readonly isLatest: boolean;
}

type Cell = string | number | boolean | undefined;
type OfObject = (object: StoredObject, source: InventoriedBucket, isLatest: boolean) => Cell;

const isoDate = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

/** In the order in which S3 documents them, which is that of columns. */
const optional: readonly (readonly [InventoryOptionalField, OfObject])[] = [
  ['Size', ({ size }) => size],
  ['LastModifiedDate', ({ lastModified }) => isoDate(lastModified)],
  ['ETag', ({ etag }) => etag],
  ['StorageClass', ({ storageClass }) => storageClass],
  ['IsMultipartUploaded', ({ partsCount }) => partsCount !== undefined],
  ['EncryptionStatus', encryptionStatus],
  ['ObjectLockRetainUntilDate', ({ lock }) => isoDate(lock?.retainUntil)],
  ['ObjectLockMode', ({ lock }) => lock?.mode],
  ['ObjectLockLegalHoldStatus', ({ lock }) => (lock?.legalHold === 'ON' ? 'On' : 'Off')],
  ['BucketKeyStatus', ({ encryption }) => (encryption?.bucketKey ? 'ENABLED' : 'DISABLED')],
  ['ChecksumAlgorithm', ({ checksum }) => checksum?.algorithm],
  [
    'ObjectAccessControlList',
    ({ acl }, { bucket, ownership }) =>
      aclDocument(effectiveAcl(acl, bucket.acl.owner, { ownership })),
  ],
  [
    'ObjectOwner',
    ({ acl }, { bucket, ownership }) => effectiveAcl(acl, bucket.acl.owner, { ownership }).owner,
  ],
  [
    'LifecycleExpirationDate',
    (object, { lifecycle }, isLatest) => {
      const due = isLatest ? expiryOf(lifecycle, object, dayMs) : undefined;
      return due === undefined || due.at > lastDate ? undefined : isoDate(due.at);
    },
  ],
];

/** Optional fields that a report may have. */
export const inventoryFields: ReadonlyMap<InventoryOptionalField, OfObject> = new Map(optional);

const versionColumns = ['VersionId', 'IsLatest', 'IsDeleteMarker'];

const optionalOf = ({ OptionalFields: asked = [] }: InventoryConfiguration) =>
  optional.filter(([name]) => asked.includes(name));

/** The columns of a report, in order. */
export function columnsOf(configuration: InventoryConfiguration): readonly string[] {
  const ofVersions = configuration.IncludedObjectVersions === 'All' ? versionColumns : [];
  return ['Bucket', 'Key', ...ofVersions, ...optionalOf(configuration).map(([name]) => name)];
}

/** Makes the rows of a report, each with its line feed. */
export function rowMaker(
  configuration: InventoryConfiguration,
  source: InventoriedBucket,
): (one: InventoriedVersion) => string {
  const { bucket } = source;
  const fields = optionalOf(configuration);
  const withVersions = configuration.IncludedObjectVersions === 'All';
  return ({ version, isLatest }) => {
    const cells: Cell[] = [bucket.name, encodeKey(version.key)];
    if (withVersions) {
      const versionId = bucket.versioning === undefined ? undefined : version.versionId;
      cells.push(versionId, isLatest, version.deleteMarker === true);
    }
    for (const [name, cell] of fields) {
      if (!version.deleteMarker) cells.push(cell(version, source, isLatest));
      else cells.push(name === 'LastModifiedDate' ? isoDate(version.lastModified) : undefined);
    }
    return `${cells.map(quoted).join(',')}\n`;
  };
}

const quoted = (cell: Cell): string => `"${String(cell ?? '').replaceAll('"', '""')}"`;

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

function encryptionStatus({ encryption }: StoredObject): string {
  switch (encryption?.algorithm) {
    case 'AES256':
      return 'SSE-S3';
    case 'aws:kms':
      return 'SSE-KMS';
    case 'SSE-C':
      return 'SSE-C';
    default:
      return 'NOT-SSE';
  }
}

const aclVersion = '2022-11-10';

/** "Working with the Object ACL field" in the user guide: JSON in base64. */
function aclDocument({ grants }: Acl): string {
  const document = {
    version: aclVersion,
    status: 'AVAILABLE',
    grants: grants.map(({ grantee, permission }) =>
      'account' in grantee
        ? { canonicalId: grantee.account, type: 'CanonicalUser', permission }
        : { uri: groupUris[grantee.group], type: 'Group', permission },
    ),
  };
  return Buffer.from(JSON.stringify(document)).toString('base64');
}
