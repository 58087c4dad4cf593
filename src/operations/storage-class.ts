/**
 * Storage classes: those whose objects can be read at once are kept and shown, since every promise that they make
 * to a reader holds here; there is one tier, whatever the class (docs/decisions/0004-storage-classes.md). Archives
 * and classes of other services are refused.
 */
import type { StorageClass } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';

export const standardClass = 'STANDARD';

const readAtOnce: ReadonlySet<string> = new Set<StorageClass>([
  standardClass,
  'GLACIER_IR',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
]);

/** @throws S3Error InvalidStorageClass */
export function storageClassOf(given: string | undefined): string {
  if (given === undefined || readAtOnce.has(given)) return given ?? standardClass;
  throw new S3Error('InvalidStorageClass', { fields: { StorageClassRequested: given } });
}
