/** Multipart uploads, as scenarios that prepare or measure them make them. */
import type { S3Client } from './s3-client.ts';

/** Parts that are sent at once. */
const concurrentParts = 64;

export interface Upload {
  readonly path: string;
  readonly uploadId: string;
}

export async function createUpload(client: S3Client, path: string): Promise<Upload> {
  const answer = await client.demand({ method: 'POST', path, query: 'uploads=' });
  return { path, uploadId: textOf(answer, 'UploadId') };
}

/** `send` uploads one part by its query and says its ETag. Resolves with the request that completes the upload. */
export async function sendParts(
  { uploadId }: Upload,
  parts: number,
  send: (query: string) => Promise<string>,
): Promise<Buffer> {
  const etags: string[] = [];
  let next = 0;
  const sendSome = async (): Promise<void> => {
    while (next < parts) {
      const index = next++;
      etags[index] = await send(`partNumber=${index + 1}&uploadId=${uploadId}`);
    }
  };
  await Promise.all(Array.from({ length: concurrentParts }, sendSome));
  const listed = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return Buffer.from(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
}

/** @throws Error unless the answer says that the object is there */
export async function complete(
  client: S3Client,
  { path, uploadId }: Upload,
  parts: Buffer,
): Promise<void> {
  const query = `uploadId=${uploadId}`;
  textOf(await client.demand({ method: 'POST', path, query }, parts), 'ETag');
}

/** Of the first element of that name, as the document spells it. */
export function textOf(document: Buffer, element: string): string {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(document.toString('utf8'))?.[1];
  if (text === undefined) throw new Error(`an answer without ${element}`);
  return text;
}
