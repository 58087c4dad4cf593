/**
 * The encryption context of SSE-KMS: names and values that are bound to the data key and must be the same
 * again when it is opened ("x-amz-server-side-encryption-context" of PutObject in the API reference).
 */
import { S3Error } from '../../protocol/errors.ts';

/**
 * Pairs in the order of their names.
 * @param header base64 of a JSON object of strings
 * @throws S3Error InvalidArgument
 */
export function encryptionContextOf(
  header: string | undefined,
): readonly (readonly [name: string, value: string])[] {
  if (header === undefined) return [];
  const parsed = parse(Buffer.from(header, 'base64').toString('utf8'));
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    const pairs = Object.entries(parsed as Readonly<Record<string, unknown>>);
    if (pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
      return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
    }
  }
  throw new S3Error('InvalidArgument', {
    message:
      "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
    fields: { ArgumentName: 'x-amz-server-side-encryption-context', ArgumentValue: header },
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
