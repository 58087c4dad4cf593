/** Storage classes: there is one, STANDARD; others are refused rather than stored under a name that means nothing. */
import { S3Error } from '../protocol/errors.ts';

export const standardClass = 'STANDARD';

/** @throws S3Error InvalidStorageClass */
export function storageClassOf(given: string | undefined): string {
  if (given === undefined || given === standardClass) return standardClass;
  throw new S3Error('InvalidStorageClass', { fields: { StorageClassRequested: given } });
}
