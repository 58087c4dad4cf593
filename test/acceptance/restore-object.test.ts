import { PutBucketVersioningCommand, RestoreObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const { main } = server;
const Bucket = await server.createBucket();

function restore(
  Key: string,
  more: Partial<ConstructorParameters<typeof RestoreObjectCommand>[0]> = {},
  client = main,
) {
  const RestoreRequest = { Days: 1 };
  return client.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest, ...more }));
}

test.each(['STANDARD', 'STANDARD_IA', 'GLACIER_IR'] as const)(
  'an object of class %s is no archive and cannot be restored',
  async (StorageClass) => {
    await put(main, Bucket, StorageClass, 'x', { StorageClass });
    const refusal = await refusalOf(restore(StorageClass));
    expect(`${refusal.status} ${refusal.code}`).toBe('403 InvalidObjectState');
    expect(refusal.message).toBe("Restore is not allowed for the object's current storage class");
    expect(refusal.fields.StorageClass).toBe(StorageClass);
  },
);

test('nor can a version of it', async () => {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await main.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const { VersionId } = await put(main, Bucket, 'versioned');
  expect(await codeOf(restore('versioned', { VersionId }))).toBe('403 InvalidObjectState');
});

test('what is not there says so', async () => {
  expect(await codeOf(restore('missing'))).toBe('404 NoSuchKey');
});

test('a request without its document, or for no days, is refused', async () => {
  await put(main, Bucket, 'refused');
  expect(await codeOf(restore('refused', { RestoreRequest: undefined }))).toBe('400 MalformedXML');
  expect(await codeOf(restore('refused', { RestoreRequest: { Days: 0 } }))).toBe(
    '400 InvalidArgument',
  );
});

test('others learn nothing', async () => {
  await put(main, Bucket, 'private');
  expect(await codeOf(restore('private', {}, server.alt))).toBe('403 AccessDenied');
});
