/** The address space that LMDB maps its file into: reserved at the start, and no limit of what is stored. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLmdbMetaStore } from './lmdb.ts';
import type { MetaKey } from './port.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-lmdb-map-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MiB = 1024 * 1024;
const records = 200;
const at = (i: number): MetaKey => ({
  table: 'object',
  part: Buffer.from('map'),
  key: Buffer.from(String(i)),
});
const bytesOf = (i: number): Buffer => Buffer.alloc(64 * 1024, `record ${i}`);

test('it grows while it is written and read, and keeps everything', async () => {
  const path = join(directory, 'grown');
  const store = await openLmdbMetaStore({ path, mapBytes: MiB });
  for (let from = 0; from < records; from += 10) {
    const batch = Array.from({ length: 10 }, (_, i) => from + i);
    await Promise.all(
      batch.map((i) => store.commit([{ op: 'put', at: at(i), value: bytesOf(i) }])),
    );
    expect((await store.get(at(from >> 1)))?.value.equals(bytesOf(from >> 1))).toBe(true);
  }
  await store.health();
  await store.close();
  expect(statSync(join(path, 'data.mdb')).size).toBeGreaterThan(10 * MiB);

  // A map that is smaller than the file is no obstacle either.
  const again = await openLmdbMetaStore({ path, mapBytes: MiB });
  for (let i = 0; i < records; i++) {
    expect((await again.get(at(i)))?.value.equals(bytesOf(i))).toBe(true);
  }
  await again.close();
});
