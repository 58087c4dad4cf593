/** Bucket policies as tests write them: statements about one bucket, for everybody unless they say otherwise. */
import { PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3';

export interface PolicyStatement {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  /** Below the bucket; the bucket itself if left out. */
  readonly on?: string;
  readonly Condition?: unknown;
}

export function policyText(bucket: string, statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ on, ...given }) => ({
      Effect: 'Allow',
      ...(given.NotPrincipal === undefined && { Principal: '*' }),
      ...(given.NotResource === undefined && {
        Resource: `arn:aws:s3:::${bucket}${on === undefined ? '' : `/${on}`}`,
      }),
      ...given,
    })),
  });
}

export function setPolicy(
  client: S3Client,
  Bucket: string,
  ...statements: readonly PolicyStatement[]
) {
  return client.send(
    new PutBucketPolicyCommand({ Bucket, Policy: policyText(Bucket, statements) }),
  );
}
