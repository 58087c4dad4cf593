import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sender } from '../../client/sender.ts';
import { PutObject } from '../../model/operations.gen.ts';
import { bucketObjects } from './bucket-objects.ts';
import { startTransferServer } from './transfer.fixture.ts';

const server = await startTransferServer();
afterAll(server.close);
const { signal } = server;
const keys = Array.from({ length: 2500 }, (_, at) => `key-${String(at).padStart(4, '0')}`);
let bucket: string;

beforeAll(async () => {
  ({ bucket } = await server.newPlace());
  for (let at = 0; at < keys.length; at += 100) {
    const some = keys.slice(at, at + 100);
    await Promise.all(
      some.map((Key) => server.sender.send(PutObject, { Bucket: bucket, Key, Body: Key })),
    );
  }
});

function counting(): { readonly sender: Sender; readonly requests: () => number } {
  let requests = 0;
  const sender = server.senderOver((transport) => ({
    ...transport,
    send: (request) => {
      requests++;
      return transport.send(request);
    },
  }));
  return { sender, requests: () => requests };
}

describe('the objects of a bucket', () => {
  it('are all there, in order, with size and ETag', async () => {
    const found: string[] = [];
    for await (const { Key, Size, ETag } of bucketObjects(
      server.sender,
      bucket,
      () => '',
      signal,
    )) {
      expect(Size).toBe(Key.length);
      expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
      found.push(Key);
    }
    expect(found).toEqual(keys);
  });

  it('that nobody looks for are passed over', async () => {
    const { sender, requests } = counting();
    let wanted = keys[5]!;
    const found: string[] = [];
    for await (const { Key } of bucketObjects(sender, bucket, () => wanted, signal)) {
      found.push(Key);
      if (Key === wanted) wanted = keys[2400]!;
    }
    expect(found).toContain(keys[5]);
    expect(found.slice(found.indexOf(keys[2400]!))).toEqual(keys.slice(2400));
    expect(found).not.toContain(keys[1500]);
    expect(requests()).toBe(2);
  });

  it('are no list that says it has more and does not go on', async () => {
    const page = `<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a</Key></Contents></ListBucketResult>`;
    const bytes = new TextEncoder().encode(page);
    const sender = server.senderOver((transport) => ({
      ...transport,
      send: async (request) => {
        const answer = await transport.send(request);
        await answer.body.bytes();
        return { ...answer, body: { ...answer.body, bytes: async () => bytes } };
      },
    }));
    const read = async () => {
      for await (const _ of bucketObjects(sender, bucket, () => '', signal));
    };
    await expect(read()).rejects.toMatchObject({ code: 'MalformedResponse' });
  });
});
