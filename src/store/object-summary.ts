/**
 * What a list shows of a version, read from its record without making values of the rest: metadata, tags and
 * grants are most of a record, and to parse them was a third of what a page of a thousand cost.
 *
 * The text is walked member by member, in whatever order they stand; what is no wanted member is passed over
 * by its quotes and brackets.
 */
import { RecordCorruptError } from './errors.ts';
import type { MetaRecord } from './meta/port.ts';
import { recordText } from './record-codec.ts';
import type { Acl, StoredChecksum } from './records.ts';
import { oldestOrder } from './versions.ts';

/** Of an object or a delete marker, which has no bytes. */
export interface VersionSummary {
  readonly key: string;
  readonly versionId: string;
  readonly order: string;
  readonly deleteMarker: boolean;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Canonical id. */
  readonly owner: string;
  readonly etag: string;
  readonly size: number;
  readonly storageClass: string;
  readonly checksum: StoredChecksum | undefined;
  /** The record differs from its checksum: nothing but the key is known. */
  readonly damaged?: true;
}

export type ReadSummary = (key: string, record: MetaRecord) => VersionSummary;

/** Reads what is damaged as a key of which nothing else is known. */
export function orDamaged(read: ReadSummary): ReadSummary {
  return (key, record) => {
    try {
      return read(key, record);
    } catch (error) {
      if (error instanceof RecordCorruptError) return { key, ...nothingKnown };
      throw error;
    }
  };
}

const nothingKnown = {
  versionId: '',
  order: oldestOrder,
  deleteMarker: false,
  lastModified: 0,
  owner: '',
  etag: '',
  size: 0,
  storageClass: '',
  checksum: undefined,
  damaged: true,
} as const;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** One for each page: neighbours have the same owner as a rule, whose ACL is then read once. */
export function createSummaryReader(): ReadSummary {
  let knownAcl = '';
  let knownOwner = '';

  const ownerOf = (acl: string): string => {
    if (acl !== knownAcl) {
      knownOwner = (JSON.parse(acl) as Acl).owner;
      knownAcl = acl;
    }
    return knownOwner;
  };

  return (key, { value }) => {
    const text = recordText(value);
    let versionId = '';
    let order = oldestOrder;
    let deleteMarker = false;
    let lastModified = 0;
    let owner = '';
    let etag = '';
    let size = 0;
    let storageClass = '';
    let checksum: StoredChecksum | undefined;
    for (let at = 1; text.charCodeAt(at) === quote; ) {
      const nameEnd = endOfString(text, at);
      expect(text, nameEnd, colon);
      const start = nameEnd + 1;
      const end = endOfValue(text, start);
      switch (text.slice(at + 1, nameEnd - 1)) {
        case 'versionId':
          versionId = stringAt(text, start, end);
          break;
        case 'order':
          order = stringAt(text, start, end);
          break;
        case 'deleteMarker':
          deleteMarker = text.slice(start, end) === 'true';
          break;
        case 'lastModified':
          lastModified = Number(text.slice(start, end));
          break;
        case 'owner':
          owner = stringAt(text, start, end);
          break;
        case 'acl':
          owner = ownerOf(text.slice(start, end));
          break;
        case 'etag':
          etag = stringAt(text, start, end);
          break;
        case 'size':
          size = Number(text.slice(start, end));
          break;
        case 'storageClass':
          storageClass = stringAt(text, start, end);
          break;
        case 'checksum':
          checksum = JSON.parse(text.slice(start, end)) as StoredChecksum;
          break;
      }
      if (text.charCodeAt(end) === closeBrace) break;
      expect(text, end, comma);
      at = end + 1;
    }
    return {
      key,
      versionId,
      order,
      deleteMarker,
      lastModified,
      owner,
      etag,
      size,
      storageClass,
      checksum,
    };
  };
}

/** Behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start; ; ) {
    at = text.indexOf('"', at + 1);
    if (at < 0) throw new RecordCorruptError('a string of a record has no end');
    let before = at - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    // An odd number of backslashes makes the quote part of the string.
    if ((at - before) % 2 === 1) return at + 1;
  }
}

/** Behind the value that begins at `start`, whatever it is. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfString(text, start);
  const isNested = first === openBrace || first === openBracket;
  let depth = 0;
  for (let at = start; at < text.length; ) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        continue;
      case openBrace:
      case openBracket:
        depth += 1;
        break;
      case closeBrace:
      case closeBracket:
        if (!isNested) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      case comma:
        if (!isNested) return at;
        break;
    }
    at += 1;
  }
  throw new RecordCorruptError('a value of a record has no end');
}

function stringAt(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end - 1);
  return inside.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inside;
}

function expect(text: string, at: number, code: number): void {
  if (text.charCodeAt(at) !== code) {
    throw new RecordCorruptError(`a record is no JSON object at character ${at}`);
  }
}
