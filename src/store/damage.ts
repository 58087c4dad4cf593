/** Whether the bytes of a blob are there and right, while others may remove or move it. */
import { BlobCorruptError } from './blob/port.ts';
import { BlobMissingError } from './errors.ts';
import { blobKey } from './keyspace.ts';
import type { MetaRecord, MetaStore } from './meta/port.ts';
import { decodeBlobRecord } from './record-codec.ts';
import type { Extent } from './records.ts';

/** A blob whose record changes while its bytes are read is looked at again. */
const maxLooks = 5;

/**
 * What is wrong with a blob, if anything is.
 * @param record of a blob, with the right checksum
 * @param look throws where the bytes are damaged
 */
export async function damageOfBytes(
  { meta }: { readonly meta: Pick<MetaStore, 'get' | 'getMany'> },
  record: MetaRecord,
  look: (locator: Buffer, length: number) => Promise<void>,
): Promise<Error | undefined> {
  const at = blobKey(record.key.toString('hex'));
  let seen: MetaRecord = record;
  for (let looks = 1; ; looks++) {
    const { home, length } = decodeBlobRecord(seen.value);
    if (home.kind === 'inline') return undefined;
    const error =
      home.kind === 'extents'
        ? await missingExtent(meta, home.extents)
        : await look(home.locator, length).then(() => undefined, damageOnly);
    if (error === undefined) return undefined;
    const current = await meta.get(at);
    // Removed meanwhile.
    if (current === undefined) return undefined;
    if (current.seq === seen.seq || looks === maxLooks) return error;
    seen = current;
  }
}

async function missingExtent(
  meta: Pick<MetaStore, 'getMany'>,
  extents: readonly Extent[],
): Promise<Error | undefined> {
  const ids = [...new Set(extents.map(({ blob }) => blob))];
  const records = await meta.getMany(ids.map(blobKey));
  const missing = ids.find((_, i) => records[i] === undefined);
  if (missing === undefined) return undefined;
  return new BlobMissingError(`blob ${missing}, which holds a part of it, has no record`);
}

/** Bytes that differ from their checksum, are not there, or that the disk cannot give; rethrows all else. */
function damageOnly(error: unknown): Error {
  if (error instanceof BlobCorruptError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'EIO') return error;
  throw error;
}
