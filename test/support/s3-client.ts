/** Clients of the AWS SDK for one endpoint: nothing is retried, so that the first answer counts. */
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import type { TestAccount } from './accounts.ts';

export const region = 'us-east-1';

export function s3Client(
  endpoint: string,
  account: Pick<TestAccount, 'accessKeyId' | 'secretAccessKey'>,
  options: Partial<S3ClientConfig> = {},
): S3Client {
  const { accessKeyId, secretAccessKey } = account;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...options,
  });
}

/** Sends no signature at all. */
export function anonymousClient(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
    signer: { sign: async (request) => request },
    forcePathStyle: true,
    maxAttempts: 1,
  });
}

export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** Further elements of the error document. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The error that an operation is answered with; fails if it succeeds. */
export async function refusalOf(request: Promise<unknown>): Promise<Refusal> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const { name, message, $metadata } = error;
    return {
      code: name,
      status: $metadata.httpStatusCode ?? 0,
      message,
      fields: { ...error } as Readonly<Record<string, unknown>>,
    };
  }
  throw new Error('The request succeeded, and should have been refused.');
}

/** `[code, status]` of the error that an operation is answered with. */
export async function codeOf(request: Promise<unknown>): Promise<string> {
  const { code, status } = await refusalOf(request);
  return `${status} ${code}`;
}
