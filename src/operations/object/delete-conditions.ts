/**
 * Conditions of DeleteObject, and of each entry of DeleteObjects, against what is to be deleted: the current
 * version, or the one that the request names, which S3 refuses to combine with conditions.
 *
 * If-Match without a current object, be there a delete marker or nothing, fails as one with another ETag does.
 * Last-modified time and size, which S3 evaluates in directory buckets only, hold here in
 * every bucket; as there, what isn't there may be deleted. A delete marker has its own time and no bytes.
 */
import { S3Error } from '../../protocol/errors.ts';
import { matchesETag } from '../../protocol/etag.ts';
import { nullVersionId } from '../../protocol/version-id.ts';
import type { StoredVersion } from '../../store/records.ts';

export interface DeleteConditions {
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  readonly size: number | undefined;
}

type Precondition = (current: StoredVersion | undefined) => void;

/**
 * Undefined where nothing is asked for.
 * @param versionId what the request names. A version that is gone was deleted, as ids are never used again:
 *   its conditions held. The null version may have had any number of predecessors.
 */
export function deletePrecondition(
  conditions: DeleteConditions,
  versionId?: string,
): Precondition | undefined {
  const { etag, lastModified, size } = conditions;
  if (etag === undefined && lastModified === undefined && size === undefined) return undefined;
  const mayBeGone = versionId !== undefined && versionId !== nullVersionId;
  return (current) => {
    if (current === undefined && mayBeGone) return;
    const currentETag = current?.deleteMarker ? undefined : current?.etag;
    if (
      etag !== undefined &&
      (currentETag === undefined || !matchesETag(etag, currentETag, 'strong'))
    ) {
      throw failed('If-Match');
    }
    if (current === undefined) return;
    if (lastModified !== undefined && !sameSecond(current.lastModified, lastModified.getTime())) {
      throw failed('x-amz-if-match-last-modified-time');
    }
    if (size !== undefined && sizeOf(current) !== size) throw failed('x-amz-if-match-size');
  };
}

function sizeOf(version: StoredVersion): number {
  return version.deleteMarker ? 0 : version.size;
}

/** Headers give whole seconds. */
function sameSecond(a: number, b: number): boolean {
  return Math.floor(a / 1000) === Math.floor(b / 1000);
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { fields: { Condition: condition } });
}
