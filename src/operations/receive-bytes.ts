/**
 * A payload's one pass: hashed for the ETag and its checksum, held against what the client claims, made
 * durable. If a claim doesn't hold, nothing is kept.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { Sealer } from '../features/encryption/encryption.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import { S3Error } from '../protocol/errors.ts';
import {
  announcedInInput,
  type ChecksumInput,
  type Integrity,
  type IntegrityResult,
  prepareIntegrity,
} from '../protocol/integrity.ts';
import { maxUploadBytes } from '../protocol/payload.ts';
import type { StoredChecksum } from '../store/records.ts';
import type { StagedBytes } from '../store/store.ts';
import { checksumMemberNames } from './checksum-members.ts';
import type { OperationContext } from './operation.ts';

/** Bodies up to this many bytes are gathered, checked in one go and then staged as one buffer. */
export const maxGatheredBytes = 1024 * 1024;

/** For `accepts`. */
export const receivedMembers = ['ContentMD5', 'ChecksumAlgorithm', ...checksumMemberNames] as const;

export interface BytesInput extends ChecksumInput {
  readonly Body?: StreamingBody | Buffer | undefined;
  readonly ContentLength?: number | undefined;
  readonly ContentMD5?: string | undefined;
}

export interface ReceivedBytes {
  readonly staged: StagedBytes;
  /** MD5 in hex, or what the encryption has instead. */
  readonly etag: string;
  readonly checksum: StoredChecksum;
  /** Of what was sealed. */
  readonly nonce?: string;
}

/** The checksum that the client announces for the payload, in header or trailer. */
export function announcedAlgorithm(
  input: BytesInput,
  { payload }: OperationContext,
): ChecksumAlgorithm | undefined {
  return announcedInInput(input, payload.trailerChecksum)?.algorithm;
}

/**
 * @param defaultChecksum what to compute where the client announces none
 * @param sealer seals what is stored; undefined stores it as it is
 * @throws S3Error EntityTooLarge, BadDigest, InvalidDigest, XAmzContentSHA256Mismatch, InvalidRequest
 */
export async function receiveBytes(
  input: BytesInput,
  context: OperationContext,
  defaultChecksum: ChecksumAlgorithm = 'CRC64NVME',
  sealer?: Sealer,
): Promise<ReceivedBytes> {
  const { Body: body = noBytes, ContentMD5: contentMd5 } = input;
  const { payload, store } = context;
  if (body.length !== undefined) assertPutSize(body.length);
  const check = prepareIntegrity(
    {
      contentMd5,
      sha256: payload.sha256,
      checksum: announcedInInput(input, payload.trailerChecksum),
      trailer: (name) => payload.trailer(name),
    },
    { md5: true, defaultChecksum },
  );
  const gathered = Buffer.isBuffer(body) ? body : await gatherSmall(body);
  if (gathered !== undefined) {
    const checked = check.whole(gathered);
    const result = checked instanceof Promise ? await checked : checked;
    if (sealer === undefined) return receipt(await store.objects.stage(gathered), result);
    const staged = await store.objects.stage(sealer.sealBuffer(gathered));
    return sealedReceipt(staged, result, sealer);
  }
  let result: IntegrityResult | undefined;
  const checked = checkedChunks(body as StreamingBody, await check.open(), (finished) => {
    result = finished;
  });
  const { signal } = context;
  const { length } = body;
  const staged =
    sealer === undefined
      ? await store.objects.stage(checked, { length, signal })
      : await store.objects.stage(sealer.sealStream(checked), {
          length: length === undefined ? undefined : sealer.sealedLength(length),
          signal,
        });
  if (result === undefined) throw new Error('the source was not read to its end');
  return sealer === undefined ? receipt(staged, result) : sealedReceipt(staged, result, sealer);
}

const noBytes = Buffer.alloc(0);

/** Undefined, and nothing read, where the body is large or of unknown length. */
async function gatherSmall(body: StreamingBody): Promise<Buffer | undefined> {
  if (body.length === undefined || body.length > maxGatheredBytes) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The chunks as they come; throws at their end, while whoever reads can still refuse them all. */
async function* checkedChunks(
  body: StreamingBody,
  integrity: Integrity,
  onResult: (result: IntegrityResult) => void,
): AsyncGenerator<Buffer, void> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    assertPutSize(length);
    integrity.update(chunk);
    yield chunk;
  }
  onResult(integrity.finish());
}

function assertPutSize(length: number): void {
  if (length <= maxUploadBytes) return;
  throw new S3Error('EntityTooLarge', {
    fields: { ProposedSize: String(length), MaxSizeAllowed: String(maxUploadBytes) },
  });
}

function receipt(staged: StagedBytes, { md5Hex, checksum }: IntegrityResult): ReceivedBytes {
  if (md5Hex === undefined || checksum === undefined) throw new Error('nothing was hashed');
  const { algorithm, value } = checksum;
  return { staged, etag: md5Hex, checksum: { algorithm, value, type: 'FULL_OBJECT' } };
}

function sealedReceipt(
  sealed: StagedBytes,
  result: IntegrityResult,
  { nonce, etag }: Sealer,
): ReceivedBytes {
  const staged = { ...sealed, length: result.length, storedLength: sealed.length };
  const received = receipt(staged, result);
  return { ...received, etag: etag(received.etag), nonce };
}
