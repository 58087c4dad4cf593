/** What a simulated client does to objects, each with what it makes of the model. */
import type { ObjectRecord } from '../../src/store/records.ts';
import {
  type Act,
  anyObject,
  bodyLength,
  described,
  etagOf,
  HungUpError,
  inChunks,
  inlineMaxBytes,
  keysPerWriter,
  ownObject,
  packBlobMaxBytes,
  place,
  stage,
} from './acts.ts';
import { annotationsOf, checkBytes, Difference } from './look.ts';
import { added, at, changed, deleted, renamed, unknownId, versionRemoved } from './model.ts';
import { ask, change, isStill, type Writer } from './writer.ts';

function sizeName(length: number): string {
  if (length <= inlineMaxBytes) return 'put inline';
  return length <= packBlobMaxBytes ? 'put in a pack' : 'put in a file';
}

export const put: Act = async (world, writer) => {
  const { bucket, key, where, versioning } = await place(world, writer);
  const bytes = writer.random.bytes(bodyLength(writer.random));
  const etag = etagOf(bytes);
  const after = (id: string) => added(writer.state, where, versioning, etag, id);
  await change(world, writer, sizeName(bytes.length), after(unknownId), async () => {
    const staged = await stage(world, writer, bytes);
    const record = await writer.store.objects.put(bucket, key, staged, described(etag));
    return after(record.versionId);
  });
};

/** The client goes away in the middle of its body, or after it. */
export const giveUp: Act = (world, writer) => {
  const { random } = writer;
  return change(world, writer, 'give up', writer.state, async () => {
    const bytes = random.bytes(bodyLength(random));
    if (random.chance(0.5)) {
      await writer.store.objects.discard(await writer.store.objects.stage(bytes));
      return writer.state;
    }
    try {
      await writer.store.objects.stage(inChunks(bytes, random, true));
    } catch (error) {
      if (!(error instanceof HungUpError)) throw error;
    }
    return writer.state;
  });
};

export const remove: Act = async (world, writer) => {
  const { bucket, key, where, versioning } = await place(world, writer);
  const after = (id: string) => deleted(writer.state, where, versioning, id);
  await change(world, writer, 'delete', after(unknownId), async () => {
    const { marker } = await writer.store.objects.remove(bucket, key);
    return after(marker?.versionId ?? 'null');
  });
};

export const removeVersion: Act = async (world, writer) => {
  const found = await ownObject(writer);
  if (found === undefined) return;
  const { bucket, key, where, versions } = found;
  const { id } = writer.random.pick(versions);
  const after = versionRemoved(writer.state, where, id);
  await change(world, writer, 'delete version', after, async () => {
    const { removed } = await writer.store.objects.removeVersion(bucket, key, id);
    if (removed?.versionId !== id) throw new Difference(`${where} has no version ${id}`);
    return after;
  });
};

/** A version of the writer's own that is not a delete marker. */
async function ownVersion(writer: Writer) {
  const found = await ownObject(writer);
  const versions = found?.versions.filter(({ body }) => body !== undefined) ?? [];
  if (found === undefined || versions.length === 0) return undefined;
  const version = writer.random.pick(versions);
  const { bucket, key, where } = found;
  const object = await writer.store.objects.version(bucket, key, version.id);
  if (object === undefined || object.deleteMarker) {
    throw new Difference(`${where} has no version ${version.id}`);
  }
  return { bucket, where, object, version };
}

export const note: Act = async (world, writer) => {
  const found = await ownVersion(writer);
  if (found === undefined) return;
  const { bucket, where, object, version } = found;
  const metadata = { note: `#${writer.random.below(1000)}` };
  const after = changed(writer.state, where, version.id, metadata);
  await change(world, writer, 'change attributes', after, async () => {
    const set = (now: ObjectRecord) => ({ ...now, metadata });
    await writer.store.objects.update(bucket, object.key, set, version.id);
    return after;
  });
};

const annotationNames = ['a', 'b', 'c'];
const checksum = { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' } as const;

export const annotate: Act = async (world, writer) => {
  const found = await ownVersion(writer);
  if (found === undefined) return;
  const { bucket, where, object, version } = found;
  const { random, store } = writer;
  const name = random.pick(annotationNames);
  const bytes = random.bytes(1 + random.below(4 * inlineMaxBytes));
  const etag = etagOf(bytes);
  const annotations = new Map(version.annotations).set(name, etag);
  const after = changed(writer.state, where, version.id, { annotations });
  await change(world, writer, 'annotate', after, async () => {
    const staged = await stage(world, writer, bytes);
    const facts = { etag, checksum };
    const max = annotationNames.length;
    const outcome = await store.annotations.put(bucket, object, name, staged, facts, { max });
    if (typeof outcome === 'string') throw new Difference(`annotation of ${where}: ${outcome}`);
    return after;
  });
};

export const removeAnnotation: Act = async (world, writer) => {
  const found = await ownVersion(writer);
  if (found === undefined || found.version.annotations.size === 0) return;
  const { bucket, where, object, version } = found;
  const name = writer.random.pick([...version.annotations.keys()]);
  const annotations = new Map(version.annotations);
  annotations.delete(name);
  const after = changed(writer.state, where, version.id, { annotations });
  await change(world, writer, 'remove annotation', after, async () => {
    const outcome = await writer.store.annotations.remove(bucket, object, name);
    if (outcome !== true) throw new Difference(`annotation of ${where}: ${outcome}`);
    return after;
  });
};
/** With annotations, which go along as they are now. */
export const copy: Act = async (world, writer) => {
  const from = await anyObject(world, writer);
  if (from === undefined) return;
  const { bucket, key, where, versioning } = await place(world, writer);
  const before = writer.state;
  const { etag } = from.object;
  const found = await annotationsOf(writer.store, from.bucket, from.object);
  const annotations = found.map(({ blob, ...facts }) => ({ ...facts, bytes: blob }));
  const names = new Map(found.map((one) => [one.name, one.etag]));
  const after = (id: string) => added(before, where, versioning, etag, id, names);
  await change(world, writer, 'copy', after(unknownId), async () => {
    const object = { ...described(etag), annotations };
    const record = await writer.store.objects.copy(from.object, bucket, key, object);
    if (record !== undefined) return after(record.versionId);
    // An annotation may be replaced while its object stays.
    if (found.length === 0 && (await isStill(writer, from.name, from.object))) {
      throw new Difference('no source of a copy');
    }
    return before;
  });
};

export const rename: Act = async (world, writer) => {
  const unversioned = world.buckets.filter(({ versioning }) => versioning === undefined);
  const found = await ownObject(writer, (where) =>
    unversioned.some(({ name }) => where.startsWith(at(name, ''))),
  );
  if (found === undefined) return;
  const { bucket, name, key, where } = found;
  const to = `${writer.prefix}${writer.random.below(keysPerWriter)}`;
  const object = await writer.store.objects.get(bucket, key);
  if (object === undefined) throw new Difference(`${where} is gone`);
  if (to === key) return;
  const after = renamed(writer.state, where, at(name, to));
  await change(world, writer, 'rename', after, async () => {
    const outcome = await writer.store.objects.rename(bucket, object, to, {});
    if (outcome !== 'renamed') throw new Difference(`rename of ${where}: ${outcome}`);
    return after;
  });
};

/** Somebody else may remove the object meanwhile; as long as it is there, its bytes are. */
export const read: Act = (world, writer) =>
  ask(world, writer, 'read', async () => {
    const found = await anyObject(world, writer);
    if (found === undefined) return;
    const { object, name } = found;
    const start = writer.random.below(object.size + 1);
    const end = start + writer.random.below(object.size - start + 1);
    try {
      await checkBytes(writer.store, world.bodies, object, start, end);
    } catch (error) {
      if (error instanceof Difference || (await isStill(writer, name, object))) throw error;
    }
  });
