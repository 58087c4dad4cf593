/** How a policy that cannot be is refused. */
import { S3Error } from '../../protocol/errors.ts';

export function malformedPolicy(message?: string, cause?: unknown): S3Error {
  return new S3Error('MalformedPolicy', { message, cause });
}
