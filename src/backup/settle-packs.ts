/**
 * Notes that a snapshot leaves out: a restored pack takes no more, and holds bytes that no record of the
 * snapshot refers to. It is sealed, and the orphan sweep says which of its entries are dead.
 */
import { stat, writeFile } from 'node:fs/promises';
import { decodeLocator } from '../store/blob/layout.ts';
import { type BlobStore, listPages } from '../store/blob/port.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { sweepOrphans } from '../store/orphans.ts';

export async function settlePacks(
  meta: MetaStore,
  blobs: BlobStore,
  packDirectory: string,
): Promise<void> {
  const entries = new Map<string, number>();
  for await (const page of listPages(blobs)) {
    for (const { locator } of page) {
      const place = decodeLocator(locator);
      if (place.home === 'pack') entries.set(place.id, (entries.get(place.id) ?? 0) + 1);
    }
  }
  for (const [id, count] of entries) {
    // A pack is copied up to the end of an entry.
    const { size } = await stat(`${packDirectory}/${id}.pack`);
    const seal = { entries: count, end: size, size };
    await writeFile(`${packDirectory}/${id}.seal`, `${JSON.stringify(seal)}\n`);
  }
  await sweepOrphans(meta, blobs, Number.POSITIVE_INFINITY);
}
