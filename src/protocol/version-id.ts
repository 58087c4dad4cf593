/**
 * Version ids ("Working with object versioning" in the S3 user guide).
 *
 * `null` is the version of an object that was stored without versioning. Others look like S3's own.
 */
import { S3Error } from './errors.ts';

export const nullVersionId = 'null';

const versionIdPattern = /^[A-Za-z0-9._~-]{32}$/;

/**
 * @param argumentName where the id was given
 * @throws S3Error InvalidArgument for what cannot be a version id
 */
export function assertVersionId(versionId: string, argumentName = 'versionId'): void {
  if (versionId === nullVersionId || versionIdPattern.test(versionId)) return;
  throw new S3Error('InvalidArgument', {
    message:
      versionId === '' ? 'Version id cannot be the empty string' : 'Invalid version id specified',
    fields: { ArgumentName: argumentName, ArgumentValue: versionId },
  });
}
