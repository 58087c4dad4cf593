import { describe, expect, it } from 'vitest';
import { FormatVersionError } from './errors.ts';
import { ensureFormat, formatVersion } from './format.ts';
import { systemKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';

const now = () => 1_700_000_000_000;
const at = systemKey('format');

describe('the format record', () => {
  it('is written when a directory is first used, and kept', async () => {
    const meta = createMemoryMetaStore();
    await ensureFormat(meta, now);
    await ensureFormat(meta, () => 2_000_000_000_000);
    const record = await meta.get(at);
    expect(decodeRecord(record!.value)).toEqual({ version: formatVersion, createdAt: now() });
  });

  it('of a newer version is refused by name', async () => {
    const meta = createMemoryMetaStore();
    const value = encodeRecord({ version: formatVersion + 1, createdAt: now() });
    await meta.commit([{ op: 'put', at, value }]);
    await expect(ensureFormat(meta, now)).rejects.toThrow(FormatVersionError);
    await expect(ensureFormat(meta, now)).rejects.toThrow(`format ${formatVersion + 1}`);
  });
});
