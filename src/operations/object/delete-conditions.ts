/**
 * Conditions of DeleteObject, and of each entry of DeleteObjects, against the current object.
 *
 * Last-modified time and size, which S3 evaluates in directory buckets only, hold here in every bucket.
 */
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { StoredObject } from '../../store/records.ts';

export interface DeleteConditions {
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  readonly size: number | undefined;
}

type Precondition = (current: StoredObject | undefined) => void;

/** Undefined where nothing is asked for. */
export function deletePrecondition(conditions: DeleteConditions): Precondition | undefined {
  const { etag, lastModified, size } = conditions;
  if (etag === undefined && lastModified === undefined && size === undefined) return undefined;
  return (current) => {
    checkWriteConditions({ IfMatch: etag ?? '*' }, current?.etag);
    if (current === undefined) return;
    if (lastModified !== undefined && !sameSecond(current.lastModified, lastModified.getTime())) {
      throw failed('x-amz-if-match-last-modified-time');
    }
    if (size !== undefined && current.size !== size) throw failed('x-amz-if-match-size');
  };
}

/** Headers give whole seconds. */
function sameSecond(a: number, b: number): boolean {
  return Math.floor(a / 1000) === Math.floor(b / 1000);
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { fields: { Condition: condition } });
}
