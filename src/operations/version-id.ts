/**
 * Version ids in answers: only a bucket that was ever versioned has any to show. Answers to what makes an
 * object show it in a bucket whose versioning is enabled, as the samples of PutObject's reference have it.
 */
import { nullVersionId } from '../protocol/version-id.ts';
import type { Bucket, VersionOrder } from '../store/records.ts';

export function versionIdOf(
  { versioning }: Bucket,
  { versionId }: Pick<VersionOrder, 'versionId'>,
): string | undefined {
  // The bucket may have become versioned after it was loaded for this request.
  return versioning === undefined && versionId === nullVersionId ? undefined : versionId;
}

/** Of an object that was made just now. */
export function versionIdOfNew({ versionId }: Pick<VersionOrder, 'versionId'>): string | undefined {
  return versionId === nullVersionId ? undefined : versionId;
}
