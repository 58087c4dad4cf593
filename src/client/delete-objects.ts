/** Removes many objects with one request (DeleteObjects). */
import { createHash } from 'node:crypto';
import { s3Namespace, textElement, xmlDeclaration } from '../protocol/xml/build.ts';
import { childText, type S3Requests } from './s3-requests.ts';

/** As S3 allows. */
export const keysPerDelete = 1000;

export interface NotDeleted {
  readonly key: string;
  readonly code: string;
}

/** Up to `keysPerDelete` keys; gives those that stayed. That one is gone already is no error. */
export async function deleteObjects(
  requests: Pick<S3Requests, 'document'>,
  bucket: string,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<readonly NotDeleted[]> {
  const objects = keys.map((key) => `<Object>${textElement('Key', key)}</Object>`).join('');
  const body = Buffer.from(
    `${xmlDeclaration}<Delete xmlns="${s3Namespace}"><Quiet>true</Quiet>${objects}</Delete>`,
  );
  const headers = {
    'content-length': String(body.length),
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
  const request = { method: 'POST', path: `/${bucket}`, query: 'delete=', headers };
  const answer = await requests.document(request, signal, body);
  return answer.children
    .filter(({ name }) => name === 'Error')
    .map((error) => ({
      key: childText(error, 'Key') ?? '',
      code: childText(error, 'Code') ?? 'an error',
    }));
}
