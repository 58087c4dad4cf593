/**
 * Version ids inside documents, markers and copy sources, while no bucket is versioned. The pipeline
 * looks at `versionId` in a request's own query.
 */
import { S3Error } from '../protocol/errors.ts';
import { isNullVersion } from '../protocol/version-id.ts';

/** @throws S3Error NoSuchVersion, or InvalidArgument for what can't be a version id */
export function assertNullVersion(versionId: string | undefined): void {
  if (isNullVersion(versionId)) return;
  throw new S3Error('NoSuchVersion', { fields: { VersionId: versionId ?? '' } });
}
