import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('an aborted upload is gone with its parts, and the object stays', async () => {
  await put(server.main, Bucket, 'key', 'object');
  const upload = await createUpload(server.main, Bucket, 'key');
  const part = await uploadPart(server.main, upload, 1, 'part');
  const { $metadata } = await server.main.send(new AbortMultipartUploadCommand(upload));
  expect($metadata.httpStatusCode).toBe(204);
  expect(await codeOf(server.main.send(new ListPartsCommand(upload)))).toBe('404 NoSuchUpload');
  expect(await codeOf(complete(server.main, upload, [part]))).toBe('404 NoSuchUpload');
  const { Uploads } = await server.main.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads ?? []).toEqual([]);
  expect(await readText(server.main, Bucket, 'key')).toBe('object');
});

test('an upload cannot be aborted twice, nor under another key', async () => {
  const upload = await createUpload(server.main, Bucket, 'twice');
  const other = new AbortMultipartUploadCommand({ ...upload, Key: 'other' });
  expect(await codeOf(server.main.send(other))).toBe('404 NoSuchUpload');
  await server.main.send(new AbortMultipartUploadCommand(upload));
  expect(await codeOf(server.main.send(new AbortMultipartUploadCommand(upload)))).toBe(
    '404 NoSuchUpload',
  );
});

test('others may not abort', async () => {
  const upload = await createUpload(server.main, Bucket, 'others');
  const request = new AbortMultipartUploadCommand(upload);
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
  await server.main.send(new ListPartsCommand(upload));
});
