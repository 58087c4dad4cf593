/**
 * `x-amz-copy-source`: `bucket/key`, percent-encoded, with or without a leading slash, optionally followed by
 * `?versionId=`. Access point and Outposts ARNs are refused by name.
 */
import { S3Error } from './errors.ts';
import { decodePath } from './query.ts';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

const versionMark = '?versionId=';

/** @param argumentName the header to name in errors, for RenameObject's source */
export function parseCopySource(header: string, argumentName = 'x-amz-copy-source'): CopySource {
  const refuse = (message: string, cause?: unknown) =>
    new S3Error('InvalidArgument', {
      message,
      fields: { ArgumentName: argumentName, ArgumentValue: header },
      cause,
    });
  // A key may hold an unencoded question mark, so the version is what follows the last mark.
  const mark = header.lastIndexOf(versionMark);
  const rawPath = mark < 0 ? header : header.slice(0, mark);
  let path: string;
  let versionId: string | undefined;
  try {
    path = decodePath(rawPath);
    versionId = mark < 0 ? undefined : decodePath(header.slice(mark + versionMark.length));
  } catch (cause) {
    throw refuse('Invalid copy source encoding.', cause);
  }
  if (path.startsWith('arn:')) {
    throw new S3Error('NotImplemented', {
      message: 'Access point and Outposts ARNs as copy source are not implemented',
      fields: { Header: argumentName },
    });
  }
  if (versionId === '') throw refuse('Version id cannot be the empty string');
  const start = path.startsWith('/') ? 1 : 0;
  const slash = path.indexOf('/', start);
  if (slash < 0 || slash === path.length - 1) throw refuse('Invalid copy source object key');
  if (slash === start) throw refuse('Invalid copy source bucket name');
  return { bucket: path.slice(start, slash), key: path.slice(slash + 1), versionId };
}
