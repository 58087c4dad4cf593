/** What the store says of a writer's keys, in the model's words, and whether its bytes are the right ones. */
import type {
  Bucket,
  BucketRecord,
  ObjectRecord,
  StoredAnnotation,
  StoredObject,
  StoredVersion,
} from '../../src/store/records.ts';
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

async function versionOf(
  store: Store,
  bucket: Bucket,
  version: StoredVersion,
): Promise<ModelVersion> {
  const id = version.versionId;
  if (version.deleteMarker) return { id, body: undefined, note: '', annotations: new Map() };
  const found = await annotationsOf(store, bucket, version);
  return {
    id,
    body: version.etag,
    note: version.metadata.note ?? '',
    annotations: new Map(found.map(({ name, etag }) => [name, etag])),
  };
}

export async function annotationsOf(
  store: Store,
  bucket: Bucket,
  object: StoredObject,
): Promise<readonly StoredAnnotation[]> {
  return (await store.annotations.list(bucket, object, { prefix: '', limit })).annotations;
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
      objects.set(place, [...versions, await versionOf(store, bucket, version)]);
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
  const sent = sentAs(bodies, object);
  const found = await collect(await store.objects.read(object, start, end));
  if (!found.equals(sent.subarray(start, end))) {
    throw new Difference(`${object.etag} from ${start} to ${end} has other bytes than were sent`);
  }
}

async function checkAnnotation(
  store: Store,
  bodies: Bodies,
  annotation: StoredAnnotation,
): Promise<void> {
  const sent = sentAs(bodies, annotation);
  if (!(await store.annotations.read(annotation)).equals(sent)) {
    throw new Difference(`annotation ${annotation.etag} has other bytes than were sent`);
  }
}

function sentAs(bodies: Bodies, { etag, size }: Pick<ObjectRecord, 'etag' | 'size'>): Buffer {
  const sent = bodies.get(etag);
  if (sent === undefined) throw new Difference(`nobody has sent ${etag}`);
  if (sent.length !== size) {
    throw new Difference(`${etag} has ${size} bytes, sent were ${sent.length}`);
  }
  return sent;
}

/** Reads every version and annotation of everything in the buckets, and every part; gives how many. */
export async function checkAllBytes(
  store: Store,
  bodies: Bodies,
  bucketNames: readonly string[],
): Promise<number> {
  let count = 0;
  const query = { prefix: '', delimiter: '', limit };
  for (const name of bucketNames) {
    const bucket = await bucketNamed(store, name);
    for (const entry of (await store.listing.versions(bucket, query)).entries) {
      if (entry.kind !== 'version' || entry.version.deleteMarker) continue;
      await checkBytes(store, bodies, entry.version, 0, entry.version.size);
      count++;
      for (const annotation of await annotationsOf(store, bucket, entry.version)) {
        await checkAnnotation(store, bodies, annotation);
        count++;
      }
    }
    for (const entry of (await store.listing.uploads(bucket, query)).entries) {
      if (entry.kind !== 'upload') continue;
      const { parts } = await store.uploads.listParts(bucket, entry.upload, { after: 0, limit });
      for (const part of parts) {
        // A part is read as the object that it may become.
        const { etag, size, blob } = part;
        await checkBytes(store, bodies, { etag, size, blob } as ObjectRecord, 0, size);
        count++;
      }
    }
  }
  return count;
}
