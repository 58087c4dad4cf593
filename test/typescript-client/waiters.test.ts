/** Waiting for buckets and objects of a real server. */
import { describe, expect, test } from 'vitest';
import { HeadObject, objectExists, waitFor } from '../../src/client/index.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { failureOf, signatureVersions, typescriptClient } from '../support/typescript-clients.ts';

const server = await startTestServer();
const soon = { delayMs: 5, maxWaitMs: 30_000 };
const briefly = { delayMs: 5, maxWaitMs: 50 };

describe.each(signatureVersions)('with %s', (signatureVersion) => {
  const client = typescriptClient(server.port, { signatureVersion });

  /** Does that as soon as the client has been told that it isn't so yet. */
  function afterFirstAnswer(work: () => Promise<unknown>) {
    let begun: Promise<unknown> | undefined;
    const watching = typescriptClient(server.port, { signatureVersion });
    const { send } = watching;
    Object.assign(watching, {
      send: (async (operation, input, options) => {
        try {
          return await send(operation, input, options);
        } finally {
          begun ??= work();
        }
      }) satisfies typeof send,
    });
    return { watching, done: () => begun };
  }

  test('a bucket and an object are waited for until they are there', async () => {
    const at = { Bucket: uniqueBucketName(), Key: 'k' };
    const bucket = afterFirstAnswer(() => client.createBucket({ Bucket: at.Bucket }));
    await bucket.watching.waitUntil.bucketExists({ Bucket: at.Bucket }, soon);
    await bucket.done();
    const object = afterFirstAnswer(() => client.putObject({ ...at, Body: 'x' }));
    await object.watching.waitUntil.objectExists(at, soon);
    await object.done();
    await client.waitUntil.objectExists(at);
  });

  test('and until they are gone', async () => {
    const at = { Bucket: uniqueBucketName(), Key: 'k' };
    await client.createBucket({ Bucket: at.Bucket });
    await client.putObject({ ...at, Body: 'x' });
    const object = afterFirstAnswer(() => client.deleteObject(at));
    await object.watching.waitUntil.objectNotExists(at, soon);
    const bucket = afterFirstAnswer(() => client.deleteBucket({ Bucket: at.Bucket }));
    await bucket.watching.waitUntil.bucketNotExists({ Bucket: at.Bucket }, soon);
    await bucket.done();
  });

  test('what others own is there, as far as buckets go', async () => {
    const Bucket = uniqueBucketName();
    await client.createBucket({ Bucket });
    const anonymous = typescriptClient(server.port, { signatureVersion }, null);
    await anonymous.waitUntil.bucketExists({ Bucket }, soon);
    const refused = failureOf(anonymous.waitUntil.objectExists({ Bucket, Key: 'k' }, soon));
    expect(await refused).toMatchObject({
      code: 'WaiterFailed',
      status: 403,
      operation: 'HeadObject',
      cause: { code: 'Forbidden' },
    });
  });

  test('it ends when it has taken long enough', async () => {
    const Bucket = uniqueBucketName();
    const missing = failureOf(client.waitUntil.bucketExists({ Bucket }, briefly));
    expect(await missing).toMatchObject({ code: 'WaiterTimedOut', operation: 'HeadBucket' });
    await client.createBucket({ Bucket });
    const there = failureOf(client.waitUntil.bucketNotExists({ Bucket }, briefly));
    expect(await there).toMatchObject({ code: 'WaiterTimedOut' });
  });

  test('it ends when it is stopped, with the reason', async () => {
    const stop = new AbortController();
    const at = { Bucket: uniqueBucketName(), Key: 'k' };
    const waiting = waitFor(client, objectExists, at, { ...soon, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    const aborted = AbortSignal.abort('before');
    await expect(client.waitUntil.objectExists(at, { ...soon, signal: aborted })).rejects.toBe(
      'before',
    );
  });

  test('what keeps a request from an answer is told as it is', async () => {
    const nobody = typescriptClient(1, { signatureVersion, maxAttempts: 1 });
    const at = { Bucket: 'bucket', Key: 'k' };
    await expect(nobody.waitUntil.objectExists(at, soon)).rejects.toMatchObject({
      code: 'NetworkError',
    });
    await expect(client.waitUntil.objectExists({ ...at, Key: '' }, soon)).rejects.toMatchObject({
      code: 'InvalidInput',
    });
    for (const options of [{ maxWaitMs: -1 }, { delayMs: Number.NaN }, { maxWaitMs: 2 ** 31 }]) {
      await expect(client.waitUntil.objectExists(at, options)).rejects.toMatchObject({
        code: 'InvalidInput',
      });
    }
  });

  test('other things can be waited for', async () => {
    const at = { Bucket: uniqueBucketName(), Key: 'k' };
    await client.createBucket({ Bucket: at.Bucket });
    await client.putObject({ ...at, Body: 'x' });
    const { ETag } = await client.headObject(at);
    const changed = { name: 'objectChanged', operation: HeadObject, ends: [200], goesOn: [304] };
    const object = afterFirstAnswer(() => client.putObject({ ...at, Body: 'y' }));
    await waitFor(object.watching, changed, { ...at, IfNoneMatch: ETag }, soon);
    await object.done();
  });
});
