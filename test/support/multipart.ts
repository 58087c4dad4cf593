/** Multipart uploads in one call each. */
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';

export interface UploadId {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

export async function createUpload(
  client: S3Client,
  Bucket: string,
  Key: string,
  more: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<UploadId> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ...more }),
  );
  if (UploadId === undefined) throw new Error('There is no upload id in the answer.');
  return { Bucket, Key, UploadId };
}

export async function uploadPart(
  client: S3Client,
  upload: UploadId,
  PartNumber: number,
  Body: Buffer | string,
  more: Partial<UploadPartCommandInput> = {},
): Promise<CompletedPart> {
  const answer = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }));
  const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } =
    answer;
  const sums = { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 };
  return { PartNumber, ETag, ...sums };
}

export function complete(
  client: S3Client,
  upload: UploadId,
  Parts: readonly CompletedPart[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
): Promise<CompleteMultipartUploadCommandOutput> {
  const MultipartUpload = { Parts: [...Parts] };
  return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ...more }));
}

/** The whole way: one part for each body. */
export async function multipartPut(
  client: S3Client,
  Bucket: string,
  Key: string,
  bodies: readonly (Buffer | string)[],
): Promise<CompleteMultipartUploadCommandOutput> {
  const upload = await createUpload(client, Bucket, Key);
  const parts = await Promise.all(
    bodies.map((body, index) => uploadPart(client, upload, index + 1, body)),
  );
  return complete(client, upload, parts);
}

export const smallestPartBytes = 5 * 1024 * 1024;
