/**
 * All versions of the objects of a bucket, the oldest of each first. Their ids are the target's own; which of them have
 * come is noted in a file, so that a second run goes on.
 */
import { forEach } from '../object/copy-run.ts';
import type { ImportState } from './import-state.ts';
import { copyObject, type ObjectCopy, tellClass } from './object-copy.ts';
import { type KeyVersions, newestVersion, type Version, versionsByKey } from './version-order.ts';

export async function importVersions(
  copy: ObjectCopy,
  concurrency: number,
  state: ImportState,
): Promise<void> {
  const { pair } = copy;
  const { signal } = pair.source;
  const keys = versionsByKey(pair.source);
  await forEach(keys, concurrency, signal, (one) => importKey(copy, state, one));
}

async function importKey(
  copy: ObjectCopy,
  state: ImportState,
  { key, versions }: KeyVersions,
): Promise<void> {
  const { pair, report } = copy;
  const { Bucket, signal } = pair.source;
  const { client } = pair.target;
  const name = `${Bucket}/${key}`;
  const noted = versions.filter(({ id }) => pair.isThere && state.has(Bucket, key, id));
  for (const _ of noted) report.there();
  const missing = versions.filter((one) => !noted.includes(one));
  const [next] = missing;
  if (next !== undefined && state.isOfEarlierRun && pair.isThere) {
    if (await cameUnnoted(copy, key, noted.length, next)) {
      if (!report.dryRun) state.note(Bucket, key, next.id);
      report.there();
      missing.shift();
    }
  }
  for (const version of missing) {
    const step = {
      kind: version.isMarker ? 'deleteMarker' : 'object',
      name,
      text: `copy ${name}, ${version.isMarker ? 'delete marker' : 'version'} ${version.id}`,
      bytes: version.bytes,
    };
    tellClass(report, name, version.storageClass);
    const isDone = await report.step(step, async () => {
      if (version.isMarker) await client.deleteObject({ Bucket, Key: key }, { signal });
      else await copyObject(copy, { Key: key, VersionId: version.id });
      state.note(Bucket, key, version.id);
    });
    // Those after it would come before it.
    if (!isDone) break;
  }
}

/** A run that ended between a copy and its note: the target has one version more than was noted, which looks the same. */
async function cameUnnoted(
  { pair }: ObjectCopy,
  key: string,
  notedCount: number,
  next: Version,
): Promise<boolean> {
  const { count, newest } = await newestVersion(pair.target, key);
  return count > notedCount && newest?.isMarker === next.isMarker && newest.bytes === next.bytes;
}
