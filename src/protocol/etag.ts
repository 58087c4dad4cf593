/**
 * Entity tags (RFC 9110, section 8.8.3) as S3 writes and reads them.
 *
 * Values here are without quotes; `formatETag` puts them on. Clients may leave the quotes out of conditions.
 */
import { createHash } from 'node:crypto';

export function formatETag(value: string): string {
  return `"${value}"`;
}

/** Takes quotes off, and a weak tag's `W/`. */
export function etagValue(text: string): string {
  const tag = text.startsWith('W/') ? text.slice(2) : text;
  return tag.length >= 2 && tag.startsWith('"') && tag.endsWith('"') ? tag.slice(1, -1) : tag;
}

/** The ETag of an object made of parts: the MD5 of the parts' MD5s one after another, and how many there were. */
export function multipartETag(partMd5s: readonly Uint8Array[]): string {
  const hash = createHash('md5');
  for (const md5 of partMd5s) hash.update(md5);
  return `${hash.digest('hex')}-${partMd5s.length}`;
}

export interface EntityTag {
  readonly value: string;
  readonly weak: boolean;
}

const listItem = /\s*(?:(W\/)?"([^"]*)"|([^",\s][^",]*))\s*(?:,|$)/y;

/** What an If-Match or If-None-Match header says; a header that can't be read is a list of nothing. */
export function parseETagCondition(header: string): '*' | readonly EntityTag[] {
  const text = header.trim();
  if (text === '*' || text === '"*"') return '*';
  const tags: EntityTag[] = [];
  listItem.lastIndex = 0;
  while (listItem.lastIndex < text.length) {
    const match = listItem.exec(text);
    if (match === null) return [];
    const [, weak, quoted, bare] = match;
    tags.push({ value: quoted ?? bare!.trim(), weak: weak !== undefined });
  }
  return tags;
}

/**
 * Whether one of the header's tags is this one. `strong` comparison, for If-Match, never matches a weak tag.
 *
 * @param etag with or without quotes
 */
export function matchesETag(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  const condition = parseETagCondition(header);
  if (condition === '*') return true;
  const value = etagValue(etag);
  return condition.some((tag) => tag.value === value && (comparison === 'weak' || !tag.weak));
}
