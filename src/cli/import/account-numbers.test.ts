import { expect, test } from 'vitest';
import { rewriteAccounts } from './account-numbers.ts';

const numbers = { source: '111111111111', target: '222222222222' };

test('numbers in ARNs and alone become those of the target, each told once', () => {
  const document = {
    Statement: [
      {
        Principal: { AWS: ['arn:aws:iam::111111111111:user/ann', '111111111111'] },
        Resource: 'arn:aws:s3:::b-111111111111/*',
        Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      },
    ],
  };
  const { document: rewritten, rewrites } = rewriteAccounts(document, numbers);
  expect(rewritten).toEqual({
    Statement: [
      {
        Principal: { AWS: ['arn:aws:iam::222222222222:user/ann', '222222222222'] },
        // The name of a bucket, which stays what it is.
        Resource: 'arn:aws:s3:::b-111111111111/*',
        Condition: { StringEquals: { 'aws:SourceAccount': '222222222222' } },
      },
    ],
  });
  expect(rewrites).toEqual([
    { from: 'arn:aws:iam::111111111111:user/ann', to: 'arn:aws:iam::222222222222:user/ann' },
    { from: '111111111111', to: '222222222222' },
  ]);
});

test('those of other accounts stay, and all where the source has none', () => {
  const other = { AWS: 'arn:aws:iam::333333333333:root' };
  expect(rewriteAccounts(other, numbers)).toEqual({ document: other, rewrites: [] });
  const own = { AWS: 'arn:aws:iam::111111111111:root' };
  expect(rewriteAccounts(own, { ...numbers, source: undefined }).document).toEqual(own);
});
