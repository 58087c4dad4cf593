/** What a simulated client does with multipart uploads, each with what it makes of the model. */
import { type Act, acl, anyObject, bodyLength, described, etagOf, place, stage } from './acts.ts';
import { bucketNamed, Difference } from './look.ts';
import { added, at, unknownId, withoutUpload, withPart, withUpload } from './model.ts';
import { change, isStill, type World, type Writer } from './writer.ts';

const maxParts = 4;

export const createUpload: Act = async (world, writer) => {
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

export const putPart: Act = async (world, writer) => {
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

export const copyPart: Act = async (world, writer) => {
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

export const complete: Act = async (world, writer) => {
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

export const abort: Act = async (world, writer) => {
  const found = await someUpload(world, writer);
  if (found === undefined) return;
  const after = withoutUpload(writer.state, found.id);
  await change(world, writer, 'abort upload', after, async () => {
    const aborted = await writer.store.uploads.abort(found.bucket, found.upload);
    if (!aborted) throw new Difference('the upload to abort is gone');
    return after;
  });
};
