/** What names, paths, texts and tags may be, as IAM checks them before anything else. */
import { pathPattern } from '../identity/names.ts';
import type { Tags } from '../identity/records.ts';
import { maxDescriptionChars, maxTagKeyChars, maxTags, maxTagValueChars } from './limits.ts';
import { invalid, QueryError } from './query/errors.ts';

/** @throws QueryError ValidationError */
export function checkName(name: string, pattern: RegExp, parameter: string): void {
  if (pattern.test(name)) return;
  throw invalid(
    `The specified value for ${parameter} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

export function checkPath(path: string): void {
  if (pathPattern.test(path)) return;
  throw invalid(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

const descriptionPattern = /^[\t\n\r\x20-\x7e\xa1-\xff]*$/;

export function checkDescription(text: string | undefined): void {
  if (text === undefined) return;
  if (text.length <= maxDescriptionChars && descriptionPattern.test(text)) return;
  throw invalid(
    `The specified value for description is invalid: at most ${maxDescriptionChars} printable Latin characters.`,
  );
}

/** @throws QueryError LimitExceeded */
export function checkQuota(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new QueryError('LimitExceeded', `Cannot exceed quota for ${what}: ${most}`);
}

/** @throws QueryError DeleteConflict */
export function refuseWhile(isThere: boolean, what: string): void {
  if (isThere) throw new QueryError('DeleteConflict', `Cannot delete entity, ${what}`);
}

interface WrittenTag {
  readonly Key: string;
  readonly Value: string;
}

const tagPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws QueryError InvalidInput, LimitExceeded */
export function tagsOf(given: readonly WrittenTag[] | undefined, before: Tags = {}): Tags {
  const tags = new Map(Object.entries(before));
  const named = new Set<string>();
  for (const { Key: key, Value: value } of given ?? []) {
    const lower = key.toLowerCase();
    if (named.has(lower)) {
      throw new QueryError(
        'InvalidInput',
        'Duplicate tag keys found. Tag keys are case insensitive.',
      );
    }
    named.add(lower);
    checkTag(key, value);
    for (const known of tags.keys()) if (known.toLowerCase() === lower) tags.delete(known);
    tags.set(key, value);
  }
  checkQuota(tags.size, maxTags, 'TagsPerResource');
  return Object.fromEntries(tags);
}

function checkTag(key: string, value: string): void {
  const isTag =
    key.length >= 1 &&
    key.length <= maxTagKeyChars &&
    value.length <= maxTagValueChars &&
    tagPattern.test(key) &&
    tagPattern.test(value) &&
    !key.toLowerCase().startsWith('aws:');
  if (!isTag) throw new QueryError('InvalidInput', `The tag ${JSON.stringify(key)} is not valid.`);
}

export const withoutTags = (tags: Tags, keys: readonly string[]): Tags => {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())));
};

export const tagList = (tags: Tags): WrittenTag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** What policies may ask of tags that a request brings. */
export const requestTagFacts = (given: readonly WrittenTag[] | undefined) => ({
  ...Object.fromEntries((given ?? []).map(({ Key, Value }) => [`aws:requesttag/${Key}`, [Value]])),
  ...(given !== undefined && { 'aws:tagkeys': given.map(({ Key }) => Key) }),
});
