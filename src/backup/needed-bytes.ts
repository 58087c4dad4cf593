/** Which bytes the records of a snapshot rest on: how far into each pack, and which files. */

import { fileDirectory } from '../store/blob/file-writer.ts';
import {
  blockCount,
  checksumBytes,
  decodeLocator,
  entryBytes,
  fileTrailerBytes,
} from '../store/blob/layout.ts';
import type { GarbageEntry } from '../store/garbage.ts';
import { metaTables } from '../store/meta/port.ts';
import { decodeBlobRecord, decodeRecord } from '../store/record-codec.ts';
import type { SnapshotRecord } from './records-file.ts';

/** Path below `blobs/` → bytes that must be there, from the file's beginning on. */
export type NeededBytes = ReadonlyMap<string, number>;

export function createNeededBytes(): {
  add(record: SnapshotRecord): void;
  readonly needed: NeededBytes;
} {
  const needed = new Map<string, number>();
  return {
    needed,
    add({ fullKey, record }) {
      if (fullKey[0] !== metaTables.blob) return;
      const { home, length } = decodeBlobRecord(record.value);
      if (home.kind !== 'stored') return;
      const place = decodeLocator(home.locator);
      if (place.home === 'file') {
        const bytes = length + blockCount(length) * checksumBytes + fileTrailerBytes;
        needed.set(`files/${fileDirectory(place.id)}/${place.id}.blob`, bytes);
        return;
      }
      // An entry is acknowledged after all before it: up to the end of one with a record a pack never changes.
      const path = `packs/${place.id}.pack`;
      const end = place.offset + entryBytes(length);
      needed.set(path, Math.max(end, needed.get(path) ?? 0));
    },
  };
}

const leasePrefix = Buffer.concat([Buffer.of(metaTables.system, 0), Buffer.from('lease/')]);

/**
 * Records that mean nothing to a directory restored from the snapshot: who holds what at this moment, and
 * which bytes without a record are to go, as they don't come along.
 */
export function isOfThisMoment({ fullKey, record }: SnapshotRecord): boolean {
  if (fullKey[0] === metaTables.garbage) {
    return decodeRecord<GarbageEntry>(record.value).kind === 'bytes';
  }
  return fullKey.subarray(0, leasePrefix.length).equals(leasePrefix);
}
