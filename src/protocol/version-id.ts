/**
 * Version ids ("Working with object versioning" in the S3 user guide).
 *
 * `null` is the version of an object that was stored without versioning. Others look like S3's own.
 */
import { S3Error } from './errors.ts';

export const nullVersionId = 'null';

const versionIdPattern = /^[A-Za-z0-9._~-]{32}$/;

/**
 * Whether a version id, or none, means the one version that a bucket without versioning keeps.
 * @throws S3Error InvalidArgument for what cannot be a version id
 */
export function isNullVersion(versionId: string | undefined): boolean {
  if (versionId === undefined || versionId === nullVersionId) return true;
  if (versionIdPattern.test(versionId)) return false;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
