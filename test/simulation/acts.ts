/** What the operations of a simulated client have in common: bodies, how they are sent, and what they are done to. */
import { createHash } from 'node:crypto';
import type { Bucket, StoredObject } from '../../src/store/records.ts';
import type { PutObject, StagedBytes } from '../../src/store/store.ts';
import { bucketNamed } from './look.ts';
import { at } from './model.ts';
import type { Random } from './random.ts';
import type { World, Writer } from './writer.ts';

export const keysPerWriter = 4;
/** Homes are as usual, with everything smaller. */
export const inlineMaxBytes = 64;
export const packBlobMaxBytes = 4096;
export const acl = { owner: 'owner', grants: [] };

export type Act = (world: World, writer: Writer) => Promise<void>;

export const etagOf = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
export const described = (etag: string): PutObject => ({
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag,
});

/** Inline, in a pack, in a file, and rarely one of several blocks. */
export function bodyLength(random: Random): number {
  const kind = random.next();
  if (kind < 0.25) return random.below(inlineMaxBytes + 1);
  if (kind < 0.7) return inlineMaxBytes + random.below(packBlobMaxBytes - inlineMaxBytes + 1);
  if (kind < 0.99) return packBlobMaxBytes + 1 + random.below(4 * packBlobMaxBytes);
  return 200_000 + random.below(200_000);
}

export async function* inChunks(
  bytes: Buffer,
  random: Random,
  hangUp: boolean,
): AsyncGenerator<Buffer> {
  const size = 1 + random.below(bytes.length + 1);
  for (let from = 0; from < bytes.length; from += size) {
    if (hangUp && random.chance(0.5)) break;
    yield bytes.subarray(from, from + size);
  }
  if (hangUp) throw new HungUpError();
}

export class HungUpError extends Error {
  override readonly name = 'HungUpError';
}

/** New bytes, made durable, and known to everybody as sent. */
export async function stage(world: World, writer: Writer, bytes: Buffer): Promise<StagedBytes> {
  const { random, store } = writer;
  world.bodies.set(etagOf(bytes), bytes);
  if (random.chance(0.5)) return store.objects.stage(bytes);
  const hint = random.chance(0.5) ? { length: bytes.length } : {};
  return store.objects.stage(inChunks(bytes, random, false), hint);
}

export async function place(world: World, { random, prefix, store }: Writer) {
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

/** A place of the writer's own where something is. */
export async function ownObject(
  { random, state, store }: Writer,
  isWanted = (_place: string) => true,
) {
  const places = [...state.objects.keys()].filter(isWanted);
  if (places.length === 0) return undefined;
  const where = random.pick(places);
  const [name = '', key = ''] = where.split('/');
  const versions = state.objects.get(where)!;
  return { bucket: await bucketNamed(store, name), name, key, where, versions };
}

/** Any object of any writer, as it is now. */
export async function anyObject(
  world: World,
  { random, store }: Writer,
): Promise<{ name: string; bucket: Bucket; object: StoredObject } | undefined> {
  const other = random.pick(world.writers);
  const { bucket, name, key } = await place(world, { ...other, random, store });
  const object = await store.objects.get(bucket, key);
  return object && { name, bucket, object };
}
