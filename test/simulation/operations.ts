/** The operations that a simulated client chooses from, each with what it makes of the model. */
import { createHash } from 'node:crypto';
import type { Bucket, StoredObject } from '../../src/store/records.ts';
import type { PutObject, StagedBytes } from '../../src/store/store.ts';
import { bucketNamed, checkBytes, Difference } from './look.ts';
import {
  added,
  at,
  deleted,
  noted,
  renamed,
  unknownId,
  versionRemoved,
  withoutUpload,
  withPart,
  withUpload,
} from './model.ts';
import type { Random } from './random.ts';
import { ask, change, isStill, type World, type Writer } from './writer.ts';

const keysPerWriter = 4;
const maxParts = 4;
/** Homes are as usual, with everything smaller. */
export const inlineMaxBytes = 64;
export const packBlobMaxBytes = 4096;
export const acl = { owner: 'owner', grants: [] };

type Act = (world: World, writer: Writer) => Promise<void>;

const etagOf = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const described = (etag: string): PutObject => ({
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag,
});

/** Inline, in a pack, in a file, and rarely one of several blocks. */
function bodyLength(random: Random): number {
  const kind = random.next();
  if (kind < 0.25) return random.below(inlineMaxBytes + 1);
  if (kind < 0.7) return inlineMaxBytes + random.below(packBlobMaxBytes - inlineMaxBytes + 1);
  if (kind < 0.99) return packBlobMaxBytes + 1 + random.below(4 * packBlobMaxBytes);
  return 200_000 + random.below(200_000);
}

async function* inChunks(bytes: Buffer, random: Random, hangUp: boolean): AsyncGenerator<Buffer> {
  const size = 1 + random.below(bytes.length + 1);
  for (let from = 0; from < bytes.length; from += size) {
    if (hangUp && random.chance(0.5)) break;
    yield bytes.subarray(from, from + size);
  }
  if (hangUp) throw new HungUpError();
}

class HungUpError extends Error {
  override readonly name = 'HungUpError';
}

/** New bytes, made durable, and known to everybody as sent. */
async function stage(world: World, writer: Writer, bytes: Buffer): Promise<StagedBytes> {
  const { random, store } = writer;
  world.bodies.set(etagOf(bytes), bytes);
  if (random.chance(0.5)) return store.objects.stage(bytes);
  const hint = random.chance(0.5) ? { length: bytes.length } : {};
  return store.objects.stage(inChunks(bytes, random, false), hint);
}

async function place(world: World, { random, prefix, store }: Writer) {
  const { name, versioning } = random.pick(world.buckets);
  const key = `${prefix}${random.below(keysPerWriter)}`;
  return {
    bucket: await bucketNamed(store, name),
    name,
    key,
    where: at(name, key),
    versioning,
  };
}

function sizeName(length: number): string {
  if (length <= inlineMaxBytes) return 'put inline';
  return length <= packBlobMaxBytes ? 'put in a pack' : 'put in a file';
}

const put: Act = async (world, writer) => {
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
const giveUp: Act = (world, writer) => {
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

const remove: Act = async (world, writer) => {
  const { bucket, key, where, versioning } = await place(world, writer);
  const after = (id: string) => deleted(writer.state, where, versioning, id);
  await change(world, writer, 'delete', after(unknownId), async () => {
    const { marker } = await writer.store.objects.remove(bucket, key);
    return after(marker?.versionId ?? 'null');
  });
};

/** A place of the writer's own where something is. */
async function ownObject({ random, state, store }: Writer, isWanted = (_place: string) => true) {
  const places = [...state.objects.keys()].filter(isWanted);
  if (places.length === 0) return undefined;
  const where = random.pick(places);
  const [name = '', key = ''] = where.split('/');
  const versions = state.objects.get(where)!;
  return { bucket: await bucketNamed(store, name), name, key, where, versions };
}

const removeVersion: Act = async (world, writer) => {
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

const note: Act = async (world, writer) => {
  const found = await ownObject(writer);
  if (found === undefined) return;
  const { bucket, key, where, versions } = found;
  const objects = versions.filter(({ body }) => body !== undefined);
  if (objects.length === 0) return;
  const { id } = writer.random.pick(objects);
  const text = `#${writer.random.below(1000)}`;
  const after = noted(writer.state, where, id, text);
  await change(world, writer, 'change attributes', after, async () => {
    const changing = { note: text };
    await writer.store.objects.update(bucket, key, (now) => ({ ...now, metadata: changing }), id);
    return after;
  });
};

/** Any object of any writer, as it is now. */
async function anyObject(
  world: World,
  { random, store }: Writer,
): Promise<{ name: string; bucket: Bucket; object: StoredObject } | undefined> {
  const other = random.pick(world.writers);
  const { bucket, name, key } = await place(world, { ...other, random, store });
  const object = await store.objects.get(bucket, key);
  return object && { name, bucket, object };
}

const copy: Act = async (world, writer) => {
  const from = await anyObject(world, writer);
  if (from === undefined) return;
  const { bucket, key, where, versioning } = await place(world, writer);
  const before = writer.state;
  const { etag } = from.object;
  const after = (id: string) => added(before, where, versioning, etag, id);
  await change(world, writer, 'copy', after(unknownId), async () => {
    const record = await writer.store.objects.copy(from.object, bucket, key, described(etag));
    if (record !== undefined) return after(record.versionId);
    if (await isStill(writer, from.name, from.object)) throw new Difference('no source of a copy');
    return before;
  });
};

const rename: Act = async (world, writer) => {
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

const createUpload: Act = async (world, writer) => {
  const { bucket, name, key } = await place(world, writer);
  const upload = { bucket: name, key, parts: new Map<number, string>() };
  const after = (id: string) => withUpload(writer.state, id, upload);
  await change(world, writer, 'create upload', after(unknownId), async () => {
    const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl };
    const created = await writer.store.uploads.create(bucket, key, {
      ...attributes,
      initiator: 'owner',
    });
    return after(created.uploadId);
  });
};

async function someUpload(world: World, { state, random, store }: Writer) {
  const ids = [...state.uploads.keys()];
  if (ids.length === 0) return undefined;
  const id = random.pick(ids);
  const { bucket: name, key, parts } = state.uploads.get(id)!;
  const bucket = await bucketNamed(store, name);
  const upload = await store.uploads.get(bucket, key, id);
  if (upload === undefined) throw new Difference(`upload ${id} is gone`);
  const versioning = world.buckets.find((one) => one.name === name)!.versioning;
  return { id, bucket, key, parts, upload, where: at(name, key), versioning };
}

const putPart: Act = async (world, writer) => {
  const found = await someUpload(world, writer);
  if (found === undefined) return createUpload(world, writer);
  const number = 1 + writer.random.below(maxParts);
  const bytes = writer.random.bytes(bodyLength(writer.random));
  const etag = etagOf(bytes);
  const after = withPart(writer.state, found.id, number, etag);
  await change(world, writer, 'put part', after, async () => {
    const staged = await stage(world, writer, bytes);
    const { uploads } = writer.store;
    const part = await uploads.putPart(found.bucket, found.upload, number, staged, { etag });
    if (part === undefined) throw new Difference('the upload of a part is gone');
    return after;
  });
};

const copyPart: Act = async (world, writer) => {
  const found = await someUpload(world, writer);
  const from = await anyObject(world, writer);
  if (found === undefined || from === undefined) return;
  const { random } = writer;
  const number = 1 + random.below(maxParts);
  const start = random.below(from.object.size + 1);
  const end = start + random.below(from.object.size - start + 1);
  const bytes = world.bodies.get(from.object.etag)!.subarray(start, end);
  const etag = etagOf(bytes);
  world.bodies.set(etag, bytes);
  const before = writer.state;
  const after = withPart(before, found.id, number, etag);
  await change(world, writer, 'copy part', after, async () => {
    const source = { object: from.object, start, end };
    const { uploads } = writer.store;
    const outcome = await uploads.copyPart(found.bucket, found.upload, number, source, { etag });
    if (typeof outcome === 'object') return after;
    if (outcome === 'no-upload' || (await isStill(writer, from.name, from.object))) {
      throw new Difference(`copy of a part: ${outcome}`);
    }
    return before;
  });
};

const complete: Act = async (world, writer) => {
  const found = await someUpload(world, writer);
  if (found === undefined || found.parts.size === 0) return;
  const numbers = [...found.parts.keys()].sort((a, b) => a - b);
  const chosen = numbers.filter(() => writer.random.chance(0.8));
  if (chosen.length === 0) return;
  const bytes = Buffer.concat(chosen.map((one) => world.bodies.get(found.parts.get(one)!)!));
  const etag = etagOf(bytes);
  world.bodies.set(etag, bytes);
  const rest = withoutUpload(writer.state, found.id);
  const after = (id: string) => added(rest, found.where, found.versioning, etag, id);
  await change(world, writer, 'complete upload', after(unknownId), async () => {
    const record = await writer.store.uploads.complete(found.bucket, found.upload, (parts) => ({
      parts: chosen.map((number) => ({ part: parts.get(number)! })),
      object: described(etag),
    }));
    if (record === undefined) throw new Difference('the upload to complete is gone');
    return after(record.versionId);
  });
};

const abort: Act = async (world, writer) => {
  const found = await someUpload(world, writer);
  if (found === undefined) return;
  const after = withoutUpload(writer.state, found.id);
  await change(world, writer, 'abort upload', after, async () => {
    const aborted = await writer.store.uploads.abort(found.bucket, found.upload);
    if (!aborted) throw new Difference('the upload to abort is gone');
    return after;
  });
};

/** Somebody else may remove the object meanwhile; as long as it is there, its bytes are. */
const read: Act = (world, writer) =>
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

/** How often each is chosen, in relation. */
const weights: readonly (readonly [Act, number])[] = [
  [put, 30],
  [giveUp, 3],
  [remove, 8],
  [removeVersion, 8],
  [note, 4],
  [copy, 8],
  [rename, 4],
  [createUpload, 4],
  [putPart, 14],
  [copyPart, 8],
  [complete, 8],
  [abort, 2],
  [read, 20],
];
const choices = weights.flatMap(([act, weight]) => Array<Act>(weight).fill(act));

export const actRandomly: Act = (world, writer) => writer.random.pick(choices)(world, writer);
