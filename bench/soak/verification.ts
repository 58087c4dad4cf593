/** After the load: every object and version is read to its last byte, and every list is exact. */

import { uploadsOf } from './documents.ts';
import { shardKeys } from './model.ts';
import { abort } from './multipart-operations.ts';
import { checkShard } from './plain-operations.ts';
import { checkVersion, checkVersions } from './versioned-operations.ts';
import { checkWhole, demand, type Work } from './work.ts';

export interface Verified {
  readonly objects: number;
  readonly versions: number;
  readonly bytes: number;
}

/** Nothing else may be at work. */
export async function verifyAll(work: Work): Promise<Verified> {
  const { client, bucket, model } = work;
  const before = client.counts.bytesRead;
  let objects = 0;
  let versions = 0;
  for (const slot of model.slots.filter(({ lost }) => !lost)) {
    const plain = { method: 'GET', path: `/${bucket}/${slot.key}` };
    checkWhole(work, `GET ${slot.key}`, await client.send('get', plain), [slot.state]);
    if (slot.state !== undefined) objects++;
  }
  for (let shard = 0; shard * shardKeys < model.slots.length; shard++) {
    await checkShard(work, shard);
  }
  for (const slot of model.versioned.filter(({ lost }) => !lost)) {
    await checkVersions(work, slot);
    for (const version of slot.versions) {
      if (version.content === undefined) continue;
      await checkVersion(work, slot, version);
      versions++;
    }
  }
  return { objects, versions, bytes: client.counts.bytesRead - before };
}

/** Of creations that took effect and were answered to nobody. */
export async function abortStrayUploads(work: Work): Promise<number> {
  const { client, bucket } = work;
  const plain = { method: 'GET', path: `/${bucket}`, query: 'uploads=' };
  const uploads = uploadsOf(demand(await client.send('list uploads', plain), 'uploads', 200));
  for (const { key, uploadId } of uploads) await abort(work, `/${bucket}/${key}`, uploadId);
  return uploads.length;
}
