/**
 * Object tags: the `x-amz-tagging` header and the TagSet document, under the same rules ("Categorizing your
 * objects using tags" in the S3 user guide).
 */
import type { Tag } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';

export type Tags = Readonly<Record<string, string>>;

export const maxTags = 10;
/** That a bucket may have itself. */
export const maxBucketTags = 50;
/** In UTF-16 units, as S3 counts. */
export const maxTagKeyLength = 128;
/** In UTF-16 units. */
export const maxTagValueLength = 256;

const tagText = /^[\p{L}\p{M}\p{N}\p{Z}_.:/=+\-@]*$/u;
const reservedPrefix = 'aws:';

/** What the header says: pairs like those of a query string. Undefined for no tags. */
export function tagsOfHeader(header: string): Tags | undefined {
  const pairs: [key: string, value: string][] = [];
  for (const pair of header.split('&')) {
    if (pair === '') continue;
    const [key = '', value = '', ...more] = pair.split('=');
    if (more.length > 0) throw malformedHeader(header);
    pairs.push([decode(key, header), decode(value, header)]);
  }
  return tagsOfPairs(pairs, () => malformedHeader(header));
}

export function tagsOfSet(set: readonly Tag[]): Tags | undefined {
  return tagsOfPairs(
    set.map(({ Key, Value }) => [Key, Value]),
    repeatedTag,
  );
}

function repeatedTag(key: string): S3Error {
  return new S3Error('InvalidTag', {
    message: 'Cannot provide multiple Tags with the same key',
    fields: { TagKey: key },
  });
}

/** A bucket's tags, as given. */
export function bucketTagsOfSet(set: readonly Tag[]): readonly Tag[] {
  if (set.length > maxBucketTags) {
    throw new S3Error('BadRequest', {
      message: `Bucket tag count cannot be greater than ${maxBucketTags}`,
    });
  }
  const keys = new Set<string>();
  for (const { Key, Value } of set) {
    assertTag(Key, Value);
    if (keys.has(Key)) throw repeatedTag(Key);
    keys.add(Key);
  }
  return set.map(({ Key, Value }) => ({ Key, Value }));
}

/** In order of key. */
export function tagSetOf(tags: Tags | undefined): readonly Tag[] {
  if (tags === undefined) return [];
  return Object.keys(tags)
    .sort()
    .map((Key) => ({ Key, Value: tags[Key]! }));
}

export function countTags(tags: Tags | undefined): number {
  return tags === undefined ? 0 : Object.keys(tags).length;
}

function tagsOfPairs(
  pairs: readonly (readonly [key: string, value: string])[],
  repeated: (key: string) => S3Error,
): Tags | undefined {
  if (pairs.length === 0) return undefined;
  if (pairs.length > maxTags) {
    throw new S3Error('InvalidTag', {
      message: `Object tags cannot be greater than ${maxTags}`,
    });
  }
  const tags = new Map<string, string>();
  for (const [key, value] of pairs) {
    assertTag(key, value);
    if (tags.has(key)) throw repeated(key);
    tags.set(key, value);
  }
  return Object.fromEntries(tags);
}

function assertTag(key: string, value: string): void {
  if (key === '' || key.length > maxTagKeyLength || !tagText.test(key)) {
    throw new S3Error('InvalidTag', {
      message: 'The TagKey you have provided is invalid',
      fields: { TagKey: key },
    });
  }
  if (key.startsWith(reservedPrefix)) {
    throw new S3Error('InvalidTag', {
      message: 'System tags cannot be added/updated by requester',
      fields: { TagKey: key },
    });
  }
  if (value.length > maxTagValueLength || !tagText.test(value)) {
    throw new S3Error('InvalidTag', {
      message: 'The TagValue you have provided is invalid',
      fields: { TagKey: key, TagValue: value },
    });
  }
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformedHeader(header, cause);
  }
}

function malformedHeader(header: string, cause?: unknown): S3Error {
  return new S3Error('InvalidArgument', {
    message:
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    fields: { ArgumentName: 'x-amz-tagging', ArgumentValue: header },
    cause,
  });
}
