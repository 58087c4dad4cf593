/**
 * How the engine's keys are built and ordered (memcmp). See docs/on-disk-format.md.
 *
 * Where a key is followed by an id (uploads, versions), NUL bytes in the key are escaped as 00 FF
 * and the key ends with 00 00, so that the order is by key first and no key is another's prefix.
 */
import type { MetaKey } from './meta/port.ts';

const noPart = Buffer.alloc(0);
const nul = 0x00;
const escapeByte = 0xff;

export const bucketKey = (namespace: string, name: string): MetaKey => ({
  table: 'bucket',
  part: noPart,
  key: Buffer.from(`${namespace}/${name}`),
});

/** Every bucket name of a namespace starts with this. */
export const bucketPrefix = (namespace: string, prefix: string): Buffer =>
  Buffer.from(`${namespace}/${prefix}`);

export const objectKey = (part: Buffer, key: string): MetaKey => ({
  table: 'object',
  part,
  key: Buffer.from(key),
});

/** The delete marker that is the current version of a key. */
export const markerKey = (part: Buffer, key: string): MetaKey => ({
  table: 'marker',
  part,
  key: Buffer.from(key),
});

/** A noncurrent version: newest first among those of its key. */
export const versionKey = (part: Buffer, key: string, order: string): MetaKey => ({
  table: 'version',
  part,
  key: keyAndId(key, order),
});

/** Stands in the place of an order, after all of them: says which order the null version has. */
export const nullPointer = 'null';

export const uploadKey = (part: Buffer, key: string, uploadId: string): MetaKey => ({
  table: 'upload',
  part,
  key: keyAndId(key, uploadId),
});

export const partKey = (part: Buffer, uploadId: string, number: number): MetaKey => ({
  table: 'part',
  part,
  key: partNumberKey(uploadId, number),
});

/** Parts of one upload order by number. */
export function partNumberKey(uploadId: string, number: number): Buffer {
  const id = Buffer.from(uploadId, 'hex');
  const key = Buffer.allocUnsafe(id.length + 2);
  id.copy(key);
  key.writeUInt16BE(number, id.length);
  return key;
}

export const partNumberOf = (key: Buffer): number => key.readUInt16BE(key.length - 2);

export const blobKey = (id: string): MetaKey => ({
  table: 'blob',
  part: noPart,
  key: Buffer.from(id, 'hex'),
});

/** Ids are time-ordered, so garbage orders by when it became garbage. */
export const garbageKey = (id: string): MetaKey => ({
  table: 'garbage',
  part: noPart,
  key: Buffer.from(id, 'hex'),
});

export const usageKey = (part: Buffer, writer: number): MetaKey => {
  const key = Buffer.allocUnsafe(2);
  key.writeUInt16BE(writer);
  return { table: 'usage', part, key };
};

/** Counters of a quota. @param scope `bucket/ID`, `account/ID`, `namespace/NAME` */
export const quotaKey = (scope: string): MetaKey => ({
  table: 'usage',
  part: noPart,
  key: Buffer.from(scope),
});

export const configKey = (part: Buffer, name: string): MetaKey => ({
  table: 'bucketConfig',
  part,
  key: Buffer.from(name),
});

/** Annotations of one version order by name. */
export const annotationKey = (part: Buffer, set: string, name: string): MetaKey => ({
  table: 'annotation',
  part,
  key: annotationPrefix(set, name),
});

/** Every annotation of a set whose name begins so. */
export const annotationPrefix = (set: string, prefix: string): Buffer =>
  Buffer.concat([Buffer.from(set, 'hex'), Buffer.from(prefix)]);

const setBytes = 16;

export const annotationName = (key: Buffer): string => key.toString('utf8', setBytes);

/** @param token ASCII */
export const renameTokenKey = (part: Buffer, token: string): MetaKey => ({
  table: 'renameToken',
  part,
  key: Buffer.from(token),
});

export const systemKey = (name: string): MetaKey => ({
  table: 'system',
  part: noPart,
  key: Buffer.from(name),
});

/** `key` escaped, its terminator, and the id's characters. */
export function keyAndId(key: string, id: string): Buffer {
  return Buffer.concat([escapeKey(Buffer.from(key)), Buffer.of(nul, nul), Buffer.from(id)]);
}

/** The least composite key of any id under a key greater than `key`. */
export function afterKey(key: string): Buffer {
  return Buffer.concat([escapeKey(Buffer.from(key)), Buffer.of(nul, 1)]);
}

export function escapeKey(key: Buffer): Buffer {
  if (!key.includes(nul)) return key;
  const bytes: number[] = [];
  for (const byte of key) {
    bytes.push(byte);
    if (byte === nul) bytes.push(escapeByte);
  }
  return Buffer.from(bytes);
}

/** Takes a composite key apart. */
export function splitKeyAndId(composite: Buffer): { readonly key: string; readonly id: string } {
  const firstNul = composite.indexOf(nul);
  if (composite[firstNul + 1] === nul) {
    // Hardly a key has anything escaped.
    const key = composite.toString('utf8', 0, firstNul);
    return { key, id: composite.toString('utf8', firstNul + 2) };
  }
  const bytes: number[] = [];
  let at = 0;
  for (; at < composite.length; at++) {
    const byte = composite[at]!;
    if (byte === nul) {
      if (composite[at + 1] === nul) break;
      at++;
    }
    bytes.push(byte);
  }
  return { key: Buffer.from(bytes).toString(), id: composite.toString('utf8', at + 2) };
}
