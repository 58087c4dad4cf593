/** MD5s of a file and of its parts, and the ETag that S3 makes of them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Bytes `from` (inclusive) to `to` (exclusive). @throws Error if the file ends before */
export async function* bytesOfFile(
  path: string,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let missing = to - from;
  if (missing === 0) return;
  const stream = createReadStream(path, { start: from, end: to - 1, signal });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    missing -= chunk.length;
    yield chunk;
  }
  if (missing > 0) throw new Error('it changed while it was read');
}

export interface PartDigest {
  readonly from: number;
  readonly to: number;
  readonly md5: Buffer;
}

/** Of each part of a file; one of no bytes is one part. */
export async function digestParts(
  path: string,
  size: number,
  partBytes: number,
  signal: AbortSignal,
): Promise<readonly PartDigest[]> {
  const parts: PartDigest[] = [];
  for (let from = 0; from < size || parts.length === 0; from += partBytes) {
    const to = Math.min(from + partBytes, size);
    const hash = createHash('md5');
    for await (const chunk of bytesOfFile(path, from, to, signal)) hash.update(chunk);
    parts.push({ from, to, md5: hash.digest() });
  }
  return parts;
}

/** With its quotes. */
export const plainEtag = (md5: Buffer): string => `"${md5.toString('hex')}"`;

/** What a completed upload of these parts has, with its quotes. */
export function multipartEtag(parts: readonly PartDigest[]): string {
  const digests = Buffer.concat(parts.map(({ md5 }) => md5));
  return `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`;
}
