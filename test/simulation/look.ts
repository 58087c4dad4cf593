/** What the store says of a writer's keys, in the model's words, and whether its bytes are the right ones. */
import type { Bucket, BucketRecord, ObjectRecord } from '../../src/store/records.ts';
import type { BytesOut, Store } from '../../src/store/store.ts';
import { at, type ModelState, type ModelUpload, type ModelVersion } from './model.ts';

/** More than a writer ever has. */
const limit = 1000;

/** Every body that anybody ever sent, by its ETag. */
export type Bodies = Map<string, Buffer>;

/** A difference between the store and the model. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

export async function collect(bytes: BytesOut): Promise<Buffer> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function bucketNamed(store: Store, name: BucketRecord['name']): Promise<Bucket> {
  const bucket = await store.buckets.get('default', name);
  if (bucket === undefined) throw new Difference(`bucket ${name} is gone`);
  return bucket;
}

/** All that begins with a prefix, in the given buckets. */
export async function stateOf(
  store: Store,
  bucketNames: readonly string[],
  prefix: string,
): Promise<ModelState> {
  const objects = new Map<string, ModelVersion[]>();
  const uploads = new Map<string, ModelUpload>();
  const query = { prefix, delimiter: '', limit };
  for (const name of bucketNames) {
    const bucket = await bucketNamed(store, name);
    const current: string[] = [];
    for (const entry of (await store.listing.versions(bucket, query)).entries) {
      if (entry.kind !== 'version') continue;
      const { version, latest } = entry;
      const place = at(name, version.key);
      const versions = objects.get(place) ?? [];
      if (latest !== (versions.length === 0)) throw new Difference(`${place}: latest is wrong`);
      objects.set(place, [
        ...versions,
        {
          id: version.versionId,
          body: version.deleteMarker ? undefined : version.etag,
          note: version.deleteMarker ? '' : (version.metadata.note ?? ''),
        },
      ]);
      if (latest && !version.deleteMarker) current.push(version.key);
    }
    const listed = (await store.listing.objects(bucket, query)).entries.flatMap((entry) =>
      entry.kind === 'object' ? [entry.object.key] : [],
    );
    if (listed.join() !== current.join()) {
      throw new Difference(`${name} lists ${listed.join()}; current versions: ${current.join()}`);
    }
    for (const entry of (await store.listing.uploads(bucket, query)).entries) {
      if (entry.kind !== 'upload') continue;
      const { parts } = await store.uploads.listParts(bucket, entry.upload, { after: 0, limit });
      uploads.set(entry.upload.uploadId, {
        bucket: name,
        key: entry.upload.key,
        parts: new Map(parts.map(({ number, etag }) => [number, etag])),
      });
    }
  }
  return { objects, uploads };
}

/** Reads a range of an object and compares it with what was sent. */
export async function checkBytes(
  store: Store,
  bodies: Bodies,
  object: ObjectRecord,
  start: number,
  end: number,
): Promise<void> {
  const sent = bodies.get(object.etag);
  if (sent === undefined) throw new Difference(`nobody has sent ${object.etag}`);
  if (sent.length !== object.size) {
    throw new Difference(`${object.etag} has ${object.size} bytes, sent were ${sent.length}`);
  }
  const found = await collect(await store.objects.read(object, start, end));
  if (!found.equals(sent.subarray(start, end))) {
    throw new Difference(`${object.etag} from ${start} to ${end} has other bytes than were sent`);
  }
}

/** Reads every version of everything in the buckets; gives how many. */
export async function checkAllBytes(
  store: Store,
  bodies: Bodies,
  bucketNames: readonly string[],
): Promise<number> {
  let count = 0;
  for (const name of bucketNames) {
    const bucket = await bucketNamed(store, name);
    const { entries } = await store.listing.versions(bucket, { prefix: '', delimiter: '', limit });
    for (const entry of entries) {
      if (entry.kind !== 'version' || entry.version.deleteMarker) continue;
      await checkBytes(store, bodies, entry.version, 0, entry.version.size);
      count++;
    }
  }
  return count;
}
