/** Conditions when many ask at once, of a server of two processes: what is promised to one is given to one. */
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ObjectIdentifier,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, readText } from '../support/objects.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { history, putVersion, setVersioning } from '../support/versions.ts';

const Bucket = 'contested';
const versioned = 'contested-versions';
let server: RunningServer;
/** Each with connections of its own, which are spread over the processes. */
let clients: readonly S3Client[];
let client: S3Client;

beforeAll(async () => {
  server = await startServer({ workers: 2 });
  expect(server.children().length).toBeGreaterThanOrEqual(2);
  clients = Array.from({ length: 4 }, () => s3Client(server.endpoint, main));
  client = clients[0]!;
  for (const name of [Bucket, versioned]) {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  }
  await setVersioning(client, versioned, 'Enabled');
  // Connections are open before the first race, so that its racers start together.
  await race(60, (_, own) => own.send(new HeadObjectCommand({ Bucket, Key: 'nothing' })));
});
afterAll(async () => {
  for (const one of clients ?? []) one.destroy();
  await server?.remove();
});

const codeOf = (reason: unknown): string => {
  const { name, $metadata } = reason as S3ServiceException;
  return `${$metadata?.httpStatusCode} ${name}`;
};

interface Race {
  /** Who succeeded, by number. */
  readonly winners: readonly number[];
  /** The different errors of the others. */
  readonly refusals: readonly string[];
}

async function race(
  racers: number,
  run: (racer: number, own: S3Client) => Promise<unknown>,
): Promise<Race> {
  const ended = await Promise.allSettled(
    Array.from({ length: racers }, (_, racer) => run(racer, clients[racer % clients.length]!)),
  );
  return {
    winners: ended.flatMap((one, racer) => (one.status === 'fulfilled' ? [racer] : [])),
    refusals: [
      ...new Set(ended.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []))),
    ],
  };
}

const precondition = ['412 PreconditionFailed'];
const rounds = [1, 2, 3, 4, 5];

test.each([Bucket, versioned])(
  'of 50 puts that want to be the first one is (%s)',
  async (bucket) => {
    for (const round of rounds) {
      const key = `first/${round}`;
      const { winners, refusals } = await race(50, (racer, own) =>
        put(own, bucket, key, `body ${racer}`, { IfNoneMatch: '*' }),
      );
      expect(winners).toHaveLength(1);
      expect(refusals).toEqual(precondition);
      expect(await readText(client, bucket, key)).toBe(`body ${winners[0]}`);
      expect((await history(client, bucket, { Prefix: key })).versions).toHaveLength(1);
    }
  },
);

test.each([Bucket, versioned])(
  'increments by compare-and-swap lose no update (%s)',
  async (bucket) => {
    const key = 'counter';
    const counters = 8;
    const increments = 8;
    await put(client, bucket, key, '0');
    const increment = async (own: S3Client): Promise<void> => {
      for (;;) {
        const { Body, ETag } = await own.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const next = String(Number(await Body?.transformToString()) + 1);
        const done = await put(own, bucket, key, next, { IfMatch: ETag }).catch(
          (error: unknown) => {
            expect(codeOf(error)).toBe('412 PreconditionFailed');
            return undefined;
          },
        );
        if (done !== undefined) return;
      }
    };
    await race(counters, async (_, own) => {
      for (let i = 0; i < increments; i++) await increment(own);
    });
    expect(await readText(client, bucket, key)).toBe(String(counters * increments));
  },
);

test('of 40 puts over the same ETag one replaces it', async () => {
  for (const round of rounds) {
    const key = `same/${round}`;
    const { ETag } = await put(client, Bucket, key, 'before');
    const { winners, refusals } = await race(40, (racer, own) =>
      put(own, Bucket, key, `after ${racer}`, { IfMatch: ETag }),
    );
    expect(winners).toHaveLength(1);
    expect(refusals).toEqual(precondition);
    expect(await readText(client, Bucket, key)).toBe(`after ${winners[0]}`);
  }
});

function remove(
  own: S3Client,
  bucket: string,
  Key: string,
  condition: Partial<DeleteObjectCommandInput>,
) {
  return own.send(new DeleteObjectCommand({ Bucket: bucket, Key, ...condition }));
}

/** One entry of DeleteObjects; its error, thrown. */
async function removeEntry(own: S3Client, bucket: string, entry: ObjectIdentifier): Promise<void> {
  const { Errors = [] } = await own.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [entry] } }),
  );
  const [error] = Errors;
  if (error === undefined) return;
  throw Object.assign(new Error(error.Message), {
    name: error.Code,
    $metadata: { httpStatusCode: 412 },
  });
}

test.each([Bucket, versioned])(
  'of 40 deletions of the same ETag one deletes (%s)',
  async (bucket) => {
    for (const round of rounds) {
      const key = `deleted/${round}`;
      const { ETag } = await put(client, bucket, key, 'x');
      const { winners, refusals } = await race(40, (racer, own) =>
        racer % 2 === 0
          ? remove(own, bucket, key, { IfMatch: ETag })
          : removeEntry(own, bucket, { Key: key, ETag }),
      );
      expect(winners).toHaveLength(1);
      expect(refusals).toEqual(['412 PreconditionFailed']);
      const { markers } = await history(client, bucket, { Prefix: key });
      expect(markers).toHaveLength(bucket === versioned ? 1 : 0);
    }
  },
);

test('a conditional deletion never takes what came in the place of what was meant', async () => {
  for (const round of rounds) {
    const key = `replaced/${round}`;
    const { ETag } = await put(client, Bucket, key, 'before');
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
    // Times are compared by the second.
    await until(
      () => Math.floor(Date.now() / 1000) > Math.floor((LastModified?.getTime() ?? 0) / 1000),
      'the next second begins',
    );
    const conditions: readonly ((own: S3Client) => Promise<unknown>)[] = [
      (own) => remove(own, Bucket, key, { IfMatch: ETag }),
      (own) => remove(own, Bucket, key, { IfMatchSize: 'before'.length }),
      (own) => remove(own, Bucket, key, { IfMatchLastModifiedTime: LastModified }),
      (own) => removeEntry(own, Bucket, { Key: key, ETag }),
      (own) => removeEntry(own, Bucket, { Key: key, Size: 'before'.length }),
      (own) => removeEntry(own, Bucket, { Key: key, LastModifiedTime: LastModified }),
    ];
    await race(37, (racer, own) =>
      racer === 18
        ? put(own, Bucket, key, 'what came after')
        : conditions[racer % conditions.length]!(own),
    );
    expect(await readText(client, Bucket, key)).toBe('what came after');
  }
});

test.each([
  ['that want to be the first', undefined],
  ['over the same ETag', 'before'],
] as const)('of 20 completions %s one is', async (_, before) => {
  const key = `completed/${before}`;
  const existing = before === undefined ? undefined : await put(client, Bucket, key, before);
  const condition = existing === undefined ? { IfNoneMatch: '*' } : { IfMatch: existing.ETag };
  const uploads = await Promise.all(
    Array.from({ length: 20 }, async (__, racer) => {
      const upload = await createUpload(client, Bucket, key);
      return { upload, part: await uploadPart(client, upload, 1, `body ${racer}`) };
    }),
  );
  const { winners, refusals } = await race(20, (racer, own) => {
    const { upload, part } = uploads[racer]!;
    return complete(own, upload, [part], condition);
  });
  expect(winners).toHaveLength(1);
  expect(refusals).toEqual(precondition);
  expect(await readText(client, Bucket, key)).toBe(`body ${winners[0]}`);
  const left = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: key }));
  expect(left.Uploads).toHaveLength(19);
});

test.each([
  ['that want to be the first', undefined],
  ['over the same ETag', 'before'],
] as const)('of 30 copies %s one is', async (_, before) => {
  const key = `copied/${before}`;
  const existing = before === undefined ? undefined : await put(client, Bucket, key, before);
  const condition: Partial<CopyObjectCommandInput> =
    existing === undefined ? { IfNoneMatch: '*' } : { IfMatch: existing.ETag };
  for (let i = 0; i < 30; i++) await put(client, Bucket, `source-${i}`, `body ${i}`);
  const { winners, refusals } = await race(30, (racer, own) =>
    own.send(
      new CopyObjectCommand({
        Bucket,
        Key: key,
        CopySource: `${Bucket}/source-${racer}`,
        ...condition,
      }),
    ),
  );
  expect(winners).toHaveLength(1);
  expect(refusals).toEqual(precondition);
  expect(await readText(client, Bucket, key)).toBe(`body ${winners[0]}`);
});

test('versions that are put and deleted at once are each there or gone, as was answered', async () => {
  const key = 'versions';
  const ids: string[] = [];
  const made = await race(40, async (racer, own) => {
    ids.push(await putVersion(own, versioned, key, `body ${racer}`));
  });
  expect(made.winners).toHaveLength(40);
  const { versions } = await history(client, versioned, { Prefix: key });
  expect(new Set(versions.map((line) => line.split(' ')[1]))).toEqual(new Set(ids));
  expect(versions.filter((line) => line.endsWith('latest'))).toHaveLength(1);
  const kept = ids.filter((__, i) => i % 4 === 0);
  const removed = await race(40, async (racer, own) => {
    const VersionId = ids[racer]!;
    if (!kept.includes(VersionId)) await remove(own, versioned, key, { VersionId });
  });
  expect(removed.refusals).toEqual([]);
  const left = await history(client, versioned, { Prefix: key });
  expect(new Set(left.versions.map((line) => line.split(' ')[1]))).toEqual(new Set(kept));
});
