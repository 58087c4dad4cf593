/** Reading and replacing a bucket's configuration subresources, for the operations that are nothing else. */
import { S3Error } from '../../protocol/errors.ts';
import type { OperationContext } from '../operation.ts';

type InBucket = Pick<OperationContext, 'bucket' | 'store'>;

/** Undefined if the bucket has none of that name. */
export async function configOf<Value extends object>(
  { bucket, store }: InBucket,
  name: string,
): Promise<Value | undefined> {
  if (bucket.configured?.includes(name) !== true) return undefined;
  return store.buckets.config<Value>(bucket, name);
}

/** @throws S3Error NoSuchBucket if the bucket was removed meanwhile */
export async function replaceConfig(
  { bucket, store }: InBucket,
  name: string,
  value: object | undefined,
): Promise<void> {
  const changed = await store.buckets.setConfig(bucket, name, value);
  if (changed === undefined) {
    throw new S3Error('NoSuchBucket', { fields: { BucketName: bucket.name } });
  }
}

/** What isn't there is removed already. */
export async function removeConfig(context: InBucket, name: string): Promise<void> {
  if (context.bucket.configured?.includes(name) !== true) return;
  await replaceConfig(context, name, undefined);
}
