/**
 * Whether two things have the same bytes, without fetching them: by the checksum that a server has of an object, or by
 * its ETag where that is an MD5. What can't be told is taken for different.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type ObjectChecksum, objectChecksum } from '../../client/codec/verify-body.ts';
import { fromFile } from '../../client/node/node-files.ts';
import { nodeHashes } from '../../client/node/node-hashes.ts';
import { checksumOf } from '../../client/transfer/checksums.ts';
import type { ClientOutput } from '../../client/types.ts';
import { type FileItem, type Item, type ObjectItem, objectAt } from './items.ts';

type Head = ClientOutput<'HeadObject'>;

export async function sameContent(a: Item, b: Item, signal: AbortSignal): Promise<boolean> {
  if (a.kind === 'object' && b.kind === 'object') {
    return sameObjects(await headOf(a, signal), await headOf(b, signal));
  }
  if (a.kind === 'file' && b.kind === 'object') return sameFile(a, await headOf(b, signal), signal);
  if (a.kind === 'object' && b.kind === 'file') return sameFile(b, await headOf(a, signal), signal);
  return false;
}

const headOf = (item: ObjectItem, signal: AbortSignal): Promise<Head> =>
  item.client.headObject({ ...objectAt(item), ChecksumMode: 'ENABLED' }, { signal });

function sameObjects(a: Head, b: Head): boolean {
  const [ours, theirs] = [objectChecksum(a), objectChecksum(b)];
  if (ours !== undefined && ours.algorithm === theirs?.algorithm)
    return ours.value === theirs.value;
  const [md5, other] = [md5Of(a), md5Of(b)];
  return md5 !== undefined && md5 === other;
}

async function sameFile({ path }: FileItem, head: Head, signal: AbortSignal): Promise<boolean> {
  const expected = objectChecksum(head);
  if (expected !== undefined)
    return (await checksumOfFile(path, expected, signal)) === expected.value;
  const md5 = md5Of(head);
  return md5 !== undefined && (await md5OfFile(path, signal)) === md5;
}

async function checksumOfFile(
  path: string,
  { algorithm }: ObjectChecksum,
  signal: AbortSignal,
): Promise<string> {
  const body = await fromFile(path);
  return checksumOf({ body, size: body.size }, algorithm, nodeHashes, signal);
}

/** Of what is encrypted the ETag need not be the MD5, and of parts it is another one. */
function md5Of({
  ETag = '',
  ServerSideEncryption,
  SSECustomerAlgorithm,
}: Head): string | undefined {
  if (ServerSideEncryption === 'aws:kms' || SSECustomerAlgorithm !== undefined) return undefined;
  return /^"([0-9a-f]{32})"$/.exec(ETag)?.[1];
}

async function md5OfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
