/**
 * Copies that a server makes by itself: in one request up to 5 GiB, in parts beyond that.
 *
 * API reference, "CopyObject" and "UploadPartCopy".
 */
import type { Client } from '../../client/create-client.ts';
import { inParallel } from '../../client/transfer/in-parallel.ts';
import { rangesOf } from '../../client/transfer/part-plan.ts';
import type { ClientOutput } from '../../client/types.ts';
import type { CopySettings } from './copy-settings.ts';
import { type ObjectItem, objectAt } from './items.ts';

const MiB = 1024 ** 2;

/** S3 copies no more in one request. */
export const maxSingleCopyBytes = 5 * 1024 * MiB;
/** Of all parts but the last, and more where 10,000 of these would not do. */
const defaultPartBytes = 512 * MiB;
const maxParts = 10_000;
/** Parts that are copied at once. */
const partsAtOnce = 8;

export interface ServerCopyLimits {
  readonly maxSingleCopyBytes: number;
  readonly partBytes: number;
}

/** Gives how many bytes it has. */
export async function serverCopy(
  source: ObjectItem,
  target: ObjectItem,
  settings: CopySettings,
  signal: AbortSignal,
  limits: ServerCopyLimits = {
    maxSingleCopyBytes,
    partBytes: settings.partBytes ?? defaultPartBytes,
  },
): Promise<number> {
  const { client } = target;
  const head = await source.client.headObject(
    { ...objectAt(source), ...settings.read },
    { signal },
  );
  const size = head.ContentLength ?? 0;
  if (size > limits.maxSingleCopyBytes) {
    await copyInParts(source, target, settings, head, limits.partBytes, signal);
    return size;
  }
  const { written, replaces } = settings;
  await client.copyObject(
    {
      ...objectAt(target),
      ...(replaces.headers && { ...describedBy(head), MetadataDirective: 'REPLACE' as const }),
      ...(replaces.tags && { TaggingDirective: 'REPLACE' as const }),
      ...kept(head),
      ...written,
      CopySource: sourceOf(source),
      CopySourceIfMatch: head.ETag,
      ...sourceKey(settings),
    },
    { signal },
  );
  return size;
}

/** Percent-encoded, as the header wants it. */
function sourceOf({ place: { bucket, key }, versionId }: ObjectItem): string {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

const sourceKey = ({ read }: CopySettings) => ({
  CopySourceSSECustomerAlgorithm: read.SSECustomerAlgorithm,
  CopySourceSSECustomerKey: read.SSECustomerKey,
  CopySourceSSECustomerKeyMD5: read.SSECustomerKeyMD5,
});

/** What an object says of itself, and a copy does where nothing else was asked for. */
export const describedBy = (head: ClientOutput<'HeadObject'>) => ({
  CacheControl: head.CacheControl,
  ContentDisposition: head.ContentDisposition,
  ContentEncoding: head.ContentEncoding,
  ContentLanguage: head.ContentLanguage,
  ContentType: head.ContentType,
  ExpiresString: head.ExpiresString,
  Metadata: head.Metadata,
  WebsiteRedirectLocation: head.WebsiteRedirectLocation,
});

/** S3 would make it STANDARD. */
const kept = ({ StorageClass }: ClientOutput<'HeadObject'>) => ({ StorageClass });

async function copyInParts(
  source: ObjectItem,
  target: ObjectItem,
  settings: CopySettings,
  head: ClientOutput<'HeadObject'>,
  asked: number,
  signal: AbortSignal,
): Promise<void> {
  const { client } = target;
  const at = objectAt(target);
  const size = head.ContentLength ?? 0;
  const { written, replaces } = settings;
  const Tagging = replaces.tags ? undefined : await tagsOf(source, head, signal);
  const { UploadId = '' } = await client.createMultipartUpload(
    { ...at, ...describedBy(head), ...kept(head), Tagging, ...written },
    { signal },
  );
  const partBytes = Math.max(asked, Math.ceil(size / maxParts));
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const own = {
    SSECustomerAlgorithm: written.SSECustomerAlgorithm,
    SSECustomerKey: written.SSECustomerKey,
    SSECustomerKeyMD5: written.SSECustomerKeyMD5,
  };
  try {
    await inParallel(
      rangesOf(size, partBytes),
      partsAtOnce,
      signal,
      async ({ index, start, end }, stopped) => {
        const { CopyPartResult } = await client.uploadPartCopy(
          {
            ...at,
            ...own,
            UploadId,
            PartNumber: index + 1,
            CopySource: sourceOf(source),
            CopySourceIfMatch: head.ETag,
            CopySourceRange: `bytes=${start}-${end - 1}`,
            ...sourceKey(settings),
          },
          { signal: stopped },
        );
        parts[index] = { ...CopyPartResult, PartNumber: index + 1, ETag: CopyPartResult?.ETag };
      },
    );
    await client.completeMultipartUpload(
      { ...at, ...own, UploadId, MultipartUpload: { Parts: parts } },
      { signal },
    );
  } catch (error) {
    await abortUpload(client, { ...at, UploadId });
    throw error;
  }
}

/** As a header has them; undefined if there are none. */
export async function tagsOf(
  source: ObjectItem,
  { TagCount = 0 }: Pick<ClientOutput<'HeadObject'>, 'TagCount'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (TagCount === 0) return undefined;
  const { TagSet = [] } = await source.client.getObjectTagging(objectAt(source), { signal });
  const pairs = TagSet.map(
    ({ Key, Value }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`,
  );
  return pairs.length === 0 ? undefined : pairs.join('&');
}

const abortTimeoutMs = 30_000;

/** After a failure, which is what counts. */
async function abortUpload(
  client: Client,
  upload: { Bucket: string; Key: string; UploadId: string },
): Promise<void> {
  const signal = AbortSignal.timeout(abortTimeoutMs);
  await client.abortMultipartUpload(upload, { signal }).catch(() => {});
}
