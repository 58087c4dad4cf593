/**
 * Conditional requests (RFC 9110, section 13) in S3's reading: If-Match outranks If-Unmodified-Since, and
 * If-None-Match outranks If-Modified-Since, whatever the outranked one says.
 */
import { S3Error } from './errors.ts';
import { etagValue, formatETag, matchesETag } from './etag.ts';
import { formatHttpDate } from './http-date.ts';

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

export interface Representation {
  /** With or without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

type ConditionName = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since';

/** Dates in headers have whole seconds, so the rest of a second must not count as a change. */
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

function failedCondition(
  conditions: ReadConditions,
  { etag, lastModified }: Representation,
): ConditionName | undefined {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matchesETag(IfMatch, etag, 'strong')) return 'If-Match';
  } else if (
    IfUnmodifiedSince !== undefined &&
    seconds(lastModified) > seconds(IfUnmodifiedSince)
  ) {
    return 'If-Unmodified-Since';
  }
  if (IfNoneMatch !== undefined) {
    if (matchesETag(IfNoneMatch, etag, 'weak')) return 'If-None-Match';
  } else if (IfModifiedSince !== undefined && seconds(lastModified) <= seconds(IfModifiedSince)) {
    return 'If-Modified-Since';
  }
  return undefined;
}

/** Of GetObject and HeadObject. Throws PreconditionFailed (412) or NotModified (304). */
export function checkReadConditions(conditions: ReadConditions, current: Representation): void {
  const failed = failedCondition(conditions, current);
  if (failed === undefined) return;
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed);
  throw new S3Error('NotModified', {
    headers: {
      ETag: formatETag(etagValue(current.etag)),
      'Last-Modified': formatHttpDate(current.lastModified),
    },
  });
}

export interface CopySourceConditions {
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

/** Of CopyObject and UploadPartCopy on their source. Throws PreconditionFailed, never NotModified. */
export function checkCopySourceConditions(
  conditions: CopySourceConditions,
  source: Representation,
): void {
  const failed = failedCondition(
    {
      IfMatch: conditions.CopySourceIfMatch,
      IfNoneMatch: conditions.CopySourceIfNoneMatch,
      IfModifiedSince: conditions.CopySourceIfModifiedSince,
      IfUnmodifiedSince: conditions.CopySourceIfUnmodifiedSince,
    },
    source,
  );
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

export interface RenameConditions {
  readonly SourceIfMatch?: string | undefined;
  readonly SourceIfNoneMatch?: string | undefined;
  readonly SourceIfModifiedSince?: Date | undefined;
  readonly SourceIfUnmodifiedSince?: Date | undefined;
  /** Of what the new key has. */
  readonly DestinationIfMatch?: string | undefined;
  /** Only `*`. */
  readonly DestinationIfNoneMatch?: string | undefined;
  readonly DestinationIfModifiedSince?: Date | undefined;
  readonly DestinationIfUnmodifiedSince?: Date | undefined;
}

/** Of RenameObject on the object that is renamed. Throws PreconditionFailed. */
export function checkRenameSourceConditions(
  conditions: RenameConditions,
  source: Representation,
): void {
  const failed = failedCondition(
    {
      IfMatch: conditions.SourceIfMatch,
      IfNoneMatch: conditions.SourceIfNoneMatch,
      IfModifiedSince: conditions.SourceIfModifiedSince,
      IfUnmodifiedSince: conditions.SourceIfUnmodifiedSince,
    },
    source,
  );
  if (failed !== undefined) throw preconditionFailed(`x-amz-rename-source-${failed}`);
}

/**
 * Of RenameObject on what the new key has. Where it has nothing, If-Match and If-Modified-Since fail, as they
 * ask for something to be there.
 * @throws PreconditionFailed
 */
export function checkRenameDestinationConditions(
  conditions: RenameConditions,
  current: Representation | undefined,
): void {
  const read = {
    IfMatch: conditions.DestinationIfMatch,
    IfNoneMatch: conditions.DestinationIfNoneMatch,
    IfModifiedSince: conditions.DestinationIfModifiedSince,
    IfUnmodifiedSince: conditions.DestinationIfUnmodifiedSince,
  };
  if (current !== undefined) {
    const failed = failedCondition(read, current);
    if (failed !== undefined) throw preconditionFailed(failed);
  } else if (read.IfMatch !== undefined) {
    throw preconditionFailed('If-Match');
  } else if (read.IfModifiedSince !== undefined && read.IfNoneMatch === undefined) {
    throw preconditionFailed('If-Modified-Since');
  }
}

export interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/**
 * Of operations that replace or remove an object, against the current one. S3 documents `*` for If-None-Match;
 * an ETag is compared as RFC 9110 has it.
 *
 * @param current the object's ETag, with or without quotes; undefined if there is no object, or a delete marker
 * @throws NoSuchKey if If-Match finds no object, PreconditionFailed otherwise
 */
export function checkWriteConditions(
  conditions: WriteConditions,
  current: string | undefined,
): void {
  const { IfMatch, IfNoneMatch } = conditions;
  const isTaken = current !== undefined && IfNoneMatch !== undefined;
  if (isTaken && matchesETag(IfNoneMatch, current, 'weak'))
    throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (current === undefined) throw new S3Error('NoSuchKey');
  if (!matchesETag(IfMatch, current, 'strong')) throw preconditionFailed('If-Match');
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { fields: { Condition: condition } });
}
