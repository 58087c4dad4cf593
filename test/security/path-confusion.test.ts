/** Paths that look alike, or could be read as another one: a key is what its bytes say, in decisions as in storage. */
import { PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const other = await server.createBucket();
await server.main.send(new PutObjectCommand({ Bucket, Key: 'secret/x', Body: 'kept from others' }));
await server.main.send(new PutObjectCommand({ Bucket: other, Key: 'x', Body: 'kept from others' }));
await server.main.send(new PutObjectCommand({ Bucket, Key: 'public/x', Body: 'public' }));
const Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 's3:*Object', Resource: `arn:aws:s3:::${Bucket}/*` },
    {
      Effect: 'Deny',
      NotPrincipal: { AWS: main.accountId },
      Action: 's3:*',
      Resource: `arn:aws:s3:::${Bucket}/secret/*`,
    },
  ],
});
await server.main.send(new PutBucketPolicyCommand({ Bucket, Policy }));

const spellings = [
  `/${Bucket}/secret/x`,
  `/${Bucket}//secret/x`,
  `//${Bucket}/secret/x`,
  `/./${Bucket}/secret/x`,
  `/${Bucket}/./secret/x`,
  `/${Bucket}/public/../secret/x`,
  `/${Bucket}/public/%2e%2e/secret/x`,
  `/${Bucket}/public/..%2fsecret%2fx`,
  `/${Bucket}/%73ecret/x`,
  `/${Bucket}/secret%2Fx`,
  `/${Bucket}/secret%2fx`,
  `/${Bucket}/secret%252Fx`,
  `/${Bucket}/secret/%78`,
  `/${Bucket}/secret\\x`,
  `/${Bucket}/secret%5Cx`,
  `/${Bucket}/secret/x%00`,
  `/${Bucket}/secret%00/x`,
  `/${Bucket}/SECRET/x`,
  `/${Bucket}/secret/x/`,
  `/${Bucket}/secret/x?`,
  `/${Bucket}/secret/x%3Fa`,
  `/${Bucket}/secret;a=b/x`,
  `/${Bucket}/%c0%afsecret/x`,
  `/${Bucket}/%ef%bc%8fsecret/x`,
  `/${Bucket}/../${other}/x`,
  `/${Bucket}/%2e%2e/${other}/x`,
  `/${Bucket}%2F..%2F${other}/x`,
  `/${Bucket}/..%2f${other}%2fx`,
];

describe.each(['GET', 'PUT', 'DELETE'])('%s', (method) => {
  test.each(spellings)('of %s reaches nothing that is denied', async (target) => {
    const [path = ''] = target.split('?');
    const signed = signedV4({
      method,
      path,
      account: alt,
      body: method === 'PUT' ? 'CHANGED' : '',
    });
    const unsigned = requestHead(method, target, {
      Host: 'localhost',
      ...(method === 'PUT' && { 'Content-Length': '0' }),
    });
    for (const bytes of [signed.bytes, unsigned]) {
      const answer = await exchange(server.port, bytes);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.toString()).not.toContain('kept from others');
    }
    for (const path of [`/${Bucket}/secret/x`, `/${other}/x`]) {
      const kept = await exchange(server.port, signedV4({ method: 'GET', path }).bytes);
      expect(kept.body.toString()).toBe('kept from others');
    }
  });
});

test('what is allowed is reached by its own spelling, encoded or not', async () => {
  for (const path of [`/${Bucket}/public/x`, `/${Bucket}/%70ublic/x`, `/${Bucket}/public%2Fx`]) {
    const answer = await exchange(
      server.port,
      signedV4({ method: 'GET', path, account: alt }).bytes,
    );
    expect(answer.body.toString()).toBe('public');
  }
});
