/** The objects of a bucket that the target lacks, or has otherwise: what a sync would copy. */
import { planSync, type SyncEntry } from '../../client/transfer/plan-sync.ts';
import { forEach } from '../object/copy-run.ts';
import type { BucketPair } from './bucket-import.ts';
import { copyObject, type ObjectCopy, tellClass } from './object-copy.ts';

export async function importObjects(copy: ObjectCopy, concurrency: number): Promise<void> {
  const { pair, report } = copy;
  const { Bucket, signal } = pair.source;
  await forEach(missingObjects(copy), concurrency, signal, async ({ Key, Size, StorageClass }) => {
    const step = {
      kind: 'object',
      name: `${Bucket}/${Key}`,
      text: `copy ${Bucket}/${Key}`,
      bytes: Size ?? 0,
    };
    tellClass(report, step.name, StorageClass);
    await report.step(step, () => copyObject(copy, { Key }));
  });
}

interface ListedObject extends SyncEntry {
  readonly StorageClass?: string | undefined;
}

/** Of the same size, and with the same ETag or not changed since it was copied. */
function isSame(source: SyncEntry, target: SyncEntry): boolean {
  if (source.Size === undefined || source.Size !== target.Size) return false;
  if (source.ETag !== undefined && source.ETag === target.ETag) return true;
  const [changed, copied] = [source.LastModified, target.LastModified];
  return changed !== undefined && copied !== undefined && changed <= copied;
}

async function* missingObjects({ pair, report }: ObjectCopy) {
  const plan = planSync(objectsOf(pair, 'source'), objectsOf(pair, 'target'), { compare: isSame });
  for await (const step of plan) {
    if (step.action === 'copy') yield { ...step.source, Key: step.key };
    else if (step.action === 'skip') report.there();
  }
}

async function* objectsOf(
  pair: BucketPair,
  side: 'source' | 'target',
): AsyncGenerator<ListedObject> {
  const { client, Bucket, signal } = pair[side];
  if (side === 'target' && !pair.isThere) return;
  yield* client.paginate.listObjectsV2({ Bucket }, { signal }).items();
}
