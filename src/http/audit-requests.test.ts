import { describe, expect, it } from 'vitest';
import { operations } from '../operations/index.ts';
import { auditedOperations, isAudited } from './audit-requests.ts';

/** What puts data in, or says something about one object: for the access log. */
const plainWrites = [
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'DeleteObjectTagging',
  'PutObject',
  'PutObjectAnnotation',
  'PutObjectTagging',
  'RestoreObject',
  'SelectObjectContent',
  'UploadPart',
  'UploadPartCopy',
];

describe('isAudited', () => {
  it('has an opinion on every operation there is', () => {
    const reading = /^(Get|Head|List)/;
    const open = Object.keys(operations).filter(
      (name) => !reading.test(name) && !auditedOperations.has(name) && !plainWrites.includes(name),
    );
    expect(open).toEqual([]);
    expect([...auditedOperations].filter((name) => !Object.hasOwn(operations, name))).toEqual([]);
  });

  it('takes IAM and STS for what they change', () => {
    const names = [
      'iam:CreateUser',
      'iam:ListUsers',
      'sts:AssumeRole',
      'sts:GetCallerIdentity',
      'sts:GetSessionToken',
    ];
    expect(names.filter(isAudited)).toEqual([
      'iam:CreateUser',
      'sts:AssumeRole',
      'sts:GetSessionToken',
    ]);
  });
});
