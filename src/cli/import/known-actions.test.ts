import { expect, test } from 'vitest';
import { unknownActions } from './known-actions.ts';

test('actions that nothing here answers to are named, whatever their case', () => {
  const document = {
    Statement: [
      {
        Action: ['s3:GetObject', 'S3:getobject', 's3:Get*', 's3:GetObjekt', 'iam:CreateUser', '*'],
      },
      { NotAction: 'kms:Decrypt' },
      { Action: 'sts:AssumeRole' },
      { Action: 'ec2:Describe*' },
    ],
  };
  expect(unknownActions(document)).toEqual(['s3:GetObjekt', 'kms:Decrypt', 'ec2:Describe*']);
  expect(unknownActions({ Statement: { Action: 's3:Nothing?' } })).toEqual(['s3:Nothing?']);
});
