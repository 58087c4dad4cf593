/** How much user metadata (`x-amz-meta-*`) an object may have. */
import { S3Error } from './errors.ts';

/** Names and values together, in UTF-8, without the `x-amz-meta-`. */
export const maxMetadataBytes = 2048;

/** Throws MetadataTooLarge. */
export function assertMetadataSize(metadata: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const name of Object.keys(metadata)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(metadata[name]!);
  }
  if (size <= maxMetadataBytes) return;
  throw new S3Error('MetadataTooLarge', {
    fields: { Size: String(size), MaxSizeAllowed: String(maxMetadataBytes) },
  });
}
