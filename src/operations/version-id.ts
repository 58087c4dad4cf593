/**
 * Version ids while no bucket is versioned: every object is the version `null`, which may be named anywhere,
 * and no other version was ever there. The pipeline looks at `versionId` in a request's own query; this is for
 * those inside documents, markers and copy sources.
 */
import { S3Error } from '../protocol/errors.ts';

export const nullVersionId = 'null';

/** What S3's own version ids look like. */
const versionIdPattern = /^[A-Za-z0-9._~-]{32}$/;

/** @throws S3Error NoSuchVersion, or InvalidArgument for what can't be a version id */
export function assertNullVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === nullVersionId) return;
  if (versionIdPattern.test(versionId)) {
    throw new S3Error('NoSuchVersion', { fields: { VersionId: versionId } });
  }
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
