/**
 * Renaming: an object gets another key in one commit, and what had that key is gone. No bytes move, and no
 * reference is counted: the blob has one referrer before and after.
 *
 * Only in a bucket that was never versioned. A version belongs to its key's history, and can't leave it.
 */
import { transactInBucket } from './buckets.ts';
import { garbageOp } from './garbage.ts';
import { objectKey, renameTokenKey } from './keyspace.ts';
import type { MetaOp } from './meta/port.ts';
import { countedOps, type ObjectDeps } from './objects.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Bucket, ObjectRecord } from './records.ts';
import type { RenameStore, RenameToken } from './store.ts';
import { loadCurrent, newVersion, recordOf, replaceCurrent, unchanged } from './versions.ts';

/** For how long a rename that is asked for again is known to be done: a day. */
export const renameTokenLifetimeMs = 24 * 60 * 60 * 1000;

interface TokenRecord {
  /** As the token came with it. */
  readonly request: string;
}

export function createRename(deps: ObjectDeps): RenameStore {
  const { meta, queue } = deps;

  /** Both keys, always in the same order, so that two renames never wait for each other. */
  const inTurn = <T>(bucket: Bucket, keys: readonly [string, string], task: () => Promise<T>) => {
    const [first, second] = [...keys].sort();
    return queue.run(`${bucket.id}/${first}`, () => queue.run(`${bucket.id}/${second}`, task));
  };

  const renamedBefore: RenameStore['renamedBefore'] = async (bucket, { id, request }) => {
    const found = await meta.get(renameTokenKey(bucket.part, id));
    if (found === undefined) return undefined;
    return decodeRecord<TokenRecord>(found.value).request === request ? 'renamed' : 'other-request';
  };

  const rememberOps = (bucket: Bucket, { id, request }: RenameToken): MetaOp[] => {
    const record: TokenRecord = { request };
    const forget = { kind: 'rename-token', bucket: bucket.id, token: id } as const;
    return [
      {
        op: 'put',
        at: renameTokenKey(bucket.part, id),
        value: encodeRecord(record),
        guard: { absent: true },
      },
      garbageOp(deps.ids, forget, renameTokenLifetimeMs),
    ];
  };

  return {
    renamedBefore,

    rename(bucket, source, key, { token, precondition }) {
      if (source.key === key) throw new Error('an object was to be renamed to its own key');
      return inTurn(bucket, [source.key, key], () =>
        transactInBucket<Awaited<ReturnType<RenameStore['rename']>>>(
          meta,
          bucket,
          async (now, holdBucket) => {
            const before = token && (await renamedBefore(now, token));
            if (before !== undefined) return { done: before };
            if (now.versioning !== undefined) return { done: 'versioned' };
            const from = objectKey(now.part, source.key);
            const guard = unchanged(source);
            if ((await meta.get(from))?.seq !== source.seq) return { done: 'source-changed' };
            const current = await loadCurrent(meta, now, key);
            precondition?.(current.object);
            // The upload it was completed from was one of the old key.
            const { uploadId: _uploadId, ...kept } = recordOf<ObjectRecord>(source);
            const record: ObjectRecord = { ...kept, ...newVersion(deps.ids, now, current) };
            const step = await replaceCurrent(deps, now, key, current, record);
            const leaves = { objects: -1, bytes: -source.size };
            return {
              ops: [
                holdBucket,
                { op: 'delete', at: from, guard },
                ...countedOps(deps, now, step, leaves),
                ...(token === undefined ? [] : rememberOps(now, token)),
              ],
              result: 'renamed',
            };
          },
        ),
      );
    },
  };
}
