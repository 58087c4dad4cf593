/** Objects of a bucket beside the files that are compared with them: what lies between two of these is passed over. */
import { S3Error } from '../../client/s3-error.ts';
import type { Sender } from '../../client/sender.ts';
import { compareKeys } from '../../client/transfer/key-order.ts';
import { ListObjectsV2 } from '../../model/operations.gen.ts';

export interface BucketObject {
  readonly Key: string;
  readonly Size: number;
  /** With its quotes. */
  readonly ETag: string;
}

/**
 * In the order of their keys; at least those that are not before `wanted`.
 * @param wanted the key that is looked for, asked before each page
 * @throws S3Error MalformedResponse for a list that says that there is more and has nothing
 */
export async function* bucketObjects(
  sender: Sender,
  Bucket: string,
  wanted: () => string,
  signal: AbortSignal,
): AsyncGenerator<BucketObject, void, undefined> {
  for (let last = ''; ; ) {
    const near = justBefore(wanted());
    const StartAfter = compareKeys(near, last) > 0 ? near : last;
    const input = { Bucket, ...(StartAfter !== '' && { StartAfter }) };
    const page = await sender.send(ListObjectsV2, input, { signal });
    const { Contents = [], IsTruncated } = page;
    for (const { Key = '', Size = 0, ETag = '' } of Contents) yield { Key, Size, ETag };
    if (!IsTruncated) return;
    const end = Contents.at(-1)?.Key ?? '';
    if (compareKeys(end, StartAfter) <= 0) {
      throw new S3Error('MalformedResponse', 'the list of objects has more, and does not go on');
    }
    last = end;
  }
}

/** Without its last character: a list that begins after this has few keys before the one that is meant. */
const justBefore = (key: string): string => key.replace(/.$/su, '');
