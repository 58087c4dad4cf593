/** Begins, completes and aborts uploads in parts; the parts themselves are plain PUT requests with `partQuery`. */
import { s3Namespace, textElement, xmlDeclaration } from '../protocol/xml/build.ts';
import { childText, type S3Requests } from './s3-requests.ts';

type Documents = Pick<S3Requests, 'document'>;

export interface MultipartUpload {
  /** Of the object, percent-encoded. */
  readonly path: string;
  readonly uploadId: string;
}

const uploadQuery = ({ uploadId }: MultipartUpload) => `uploadId=${encodeURIComponent(uploadId)}`;

export const partQuery = (upload: MultipartUpload, partNumber: number): string =>
  `partNumber=${partNumber}&${uploadQuery(upload)}`;

/** @param objectHeaders content type, metadata and whatever else the object is to have */
export async function beginUpload(
  { document }: Documents,
  path: string,
  objectHeaders: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<MultipartUpload> {
  const headers = { ...objectHeaders, 'content-length': '0' };
  const answer = await document({ method: 'POST', path, query: 'uploads=', headers }, signal);
  const uploadId = childText(answer, 'UploadId');
  if (!uploadId) throw new Error('the server gave no upload id');
  return { path, uploadId };
}

/** @param etags of all parts, in their order */
export async function completeUpload(
  { document }: Documents,
  upload: MultipartUpload,
  etags: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const parts = etags.map(
    (etag, i) =>
      `<Part>${textElement('ETag', etag)}${textElement('PartNumber', String(i + 1))}</Part>`,
  );
  const name = 'CompleteMultipartUpload';
  const body = Buffer.from(
    `${xmlDeclaration}<${name} xmlns="${s3Namespace}">${parts.join('')}</${name}>`,
  );
  const headers = { 'content-length': String(body.length), 'content-type': 'application/xml' };
  const query = uploadQuery(upload);
  const answer = await document(
    { method: 'POST', path: upload.path, query, headers },
    signal,
    body,
  );
  // S3 may begin to answer before it knows how it ends.
  if (answer.name !== 'Error') return;
  throw new Error(`${childText(answer, 'Code')}: ${childText(answer, 'Message')}`);
}

export async function abortUpload(
  { content }: Pick<S3Requests, 'content'>,
  upload: MultipartUpload,
): Promise<void> {
  await content({ method: 'DELETE', path: upload.path, query: uploadQuery(upload) });
}
