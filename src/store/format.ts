/**
 * The format record: which version of the on-disk format a data directory is in.
 *
 * Written when a directory is first used. A directory of a newer version is refused before anything
 * else in it is read. docs/on-disk-format.md describes each version.
 */
import { FormatVersionError } from './errors.ts';
import { systemKey } from './keyspace.ts';
import type { MetaStore } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';

export const formatVersion = 1;

interface FormatRecord {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const at = systemKey('format');

/** @throws FormatVersionError if the directory was written by a newer version. */
export async function ensureFormat(meta: MetaStore, now: () => number): Promise<void> {
  let found = await meta.get(at);
  if (found === undefined) {
    const record: FormatRecord = { version: formatVersion, createdAt: now() };
    await meta.commit([{ op: 'put', at, value: encodeRecord(record), guard: { absent: true } }]);
    found = await meta.get(at);
  }
  const { version } = decodeRecord<FormatRecord>(found!.value);
  if (version > formatVersion) {
    throw new FormatVersionError(
      `the data directory is in format ${version}; this version of Kist reads up to ${formatVersion}. Use a newer Kist.`,
    );
  }
}
