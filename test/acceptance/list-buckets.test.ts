import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { main, tenant } from '../support/accounts.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();

async function create(names: readonly string[], client = server.main): Promise<void> {
  for (const Bucket of names) await client.send(new CreateBucketCommand({ Bucket }));
}

test('lists the buckets of the caller in order, with owner and creation time', async () => {
  const before = Date.now();
  await create(['list-c', 'list-a', 'list-b']);
  const { Buckets, Owner } = await server.main.send(new ListBucketsCommand({}));
  expect(Buckets?.map((bucket) => bucket.Name)).toEqual(['list-a', 'list-b', 'list-c']);
  expect(Owner?.ID).toBe(main.accountId);
  for (const bucket of Buckets ?? []) {
    expect(bucket.CreationDate?.getTime()).toBeGreaterThan(before - 2_000);
    expect(bucket.CreationDate?.getTime()).toBeLessThan(Date.now() + 2_000);
  }
});

test('an account sees none of the buckets of another', async () => {
  await create(['list-of-main']);
  await create(['list-of-alt'], server.alt);
  const { Buckets } = await server.alt.send(new ListBucketsCommand({}));
  expect(Buckets?.map((bucket) => bucket.Name)).toEqual(['list-of-alt']);
});

test('an account of another namespace sees its own buckets under the same names', async () => {
  await create(['list-same-name']);
  await create(['list-same-name'], server.tenant);
  const { Buckets, Owner } = await server.tenant.send(new ListBucketsCommand({}));
  expect(Buckets?.map((bucket) => bucket.Name)).toEqual(['list-same-name']);
  expect(Owner?.ID).toBe(tenant.accountId);
});

test('pages join up to the whole list', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `paged-${index}`);
  await create(names);
  const pages: (string | undefined)[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await server.main.send(
      new ListBucketsCommand({ Prefix: 'paged-', MaxBuckets: 3, ContinuationToken }),
    );
    pages.push((page.Buckets ?? []).map((bucket) => bucket.Name));
    ContinuationToken = page.ContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual(names);
});

test('a prefix limits the list and is said again', async () => {
  await create(['prefixed-one', 'prefixed-two']);
  const page = await server.main.send(new ListBucketsCommand({ Prefix: 'prefixed-o' }));
  expect(page.Buckets?.map((bucket) => bucket.Name)).toEqual(['prefixed-one']);
  expect(page.Prefix).toBe('prefixed-o');
});

test.each([0, -1, 10_001])('MaxBuckets of %i is refused', async (MaxBuckets) => {
  expect(await codeOf(server.main.send(new ListBucketsCommand({ MaxBuckets })))).toBe(
    '400 InvalidArgument',
  );
});

test('nobody lists buckets anonymously', async () => {
  expect(await codeOf(server.anonymous.send(new ListBucketsCommand({})))).toBe('403 AccessDenied');
});
