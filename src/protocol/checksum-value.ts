/** What a checksum looks like in a header, a trailer or a document ("Checking object integrity in Amazon S3"). */
import { type ChecksumName, checksums } from './checksum-headers.ts';

/** Whether text is base64 of a value of this algorithm's length, in its one canonical spelling. */
export function isChecksumValue(name: ChecksumName, text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === checksums[name].bytes && bytes.toString('base64') === text;
}
