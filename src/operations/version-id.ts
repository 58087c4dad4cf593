/**
 * `versionId` while no bucket is versioned: every object is the version `null`, which may be named anywhere,
 * and no other version id was ever given out.
 */
import { S3Error } from '../protocol/errors.ts';

export const nullVersionId = 'null';

/** @throws S3Error InvalidArgument for any other version */
export function assertNullVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === nullVersionId) return;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
