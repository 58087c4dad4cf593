/**
 * Bodies that their pack cannot show, as their heads or what lies around them cannot be read. The bodies
 * themselves may be sound: the records know where they are.
 */
import type { BlobLocator, FrameStore } from './blob/port.ts';
import { RecordCorruptError } from './errors.ts';
import { type MetaStore, maxScanLimit, scanPages } from './meta/port.ts';
import type { StoredBody } from './move-body.ts';
import { decodeBlobRecord } from './record-codec.ts';

const noPart = Buffer.alloc(0);

export interface DoubtfulPacks extends Pick<FrameStore, 'verifyFrame'> {
  /** Packs that cannot be read to the end, kept until `settlePack`. */
  doubtfulPacks(): Promise<readonly string[]>;
  /** No record refers to what cannot be read in it. */
  settlePack(pack: string): Promise<void>;
  /** Undefined where it is in no pack. */
  packOf(locator: BlobLocator): string | undefined;
}

/**
 * Whatever records say is in these packs, a page of records at a time: reads all blob records.
 * @throws RecordCorruptError where a record cannot be read: its body may be in any pack
 */
export async function* bodiesIn(
  meta: Pick<MetaStore, 'scan'>,
  packOf: DoubtfulPacks['packOf'],
  packs: ReadonlySet<string>,
  signal?: AbortSignal,
): AsyncGenerator<readonly (StoredBody & { readonly pack: string })[]> {
  const range = { table: 'blob', part: noPart, limit: maxScanLimit } as const;
  for await (const records of scanPages(meta, range, signal)) {
    const found = records.flatMap(({ key, value }) => {
      const { home, length } = decodeBlobRecord(value);
      if (home.kind !== 'stored') return [];
      const pack = packOf(home.locator);
      if (pack === undefined || !packs.has(pack)) return [];
      return [{ id: key, locator: home.locator, length, pack }];
    });
    if (found.length > 0) yield found;
  }
}

/** Lets go of the packs that a crash left, where everything that a record refers to can be seen. */
export async function settleDoubtfulPacks(
  meta: Pick<MetaStore, 'scan'>,
  packs: DoubtfulPacks,
  signal?: AbortSignal,
): Promise<void> {
  const doubtful = new Set(await packs.doubtfulPacks());
  if (doubtful.size === 0) return;
  try {
    for await (const bodies of bodiesIn(meta, packs.packOf, doubtful, signal)) {
      for (const { pack, locator, length } of bodies) {
        if (!doubtful.has(pack)) continue;
        // Whatever is wrong with it: the pack stays.
        await packs.verifyFrame(locator, length).catch(() => doubtful.delete(pack));
      }
    }
  } catch (error) {
    if (error instanceof RecordCorruptError) return;
    throw error;
  }
  for (const pack of doubtful) await packs.settlePack(pack);
}
