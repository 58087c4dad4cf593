/** Objects that are written all the time, so that a copy can be told to be of one moment. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { bytesOf, put } from '../support/objects.ts';

/** One for each home of bytes, and the empty one. */
export const sizes = [0, 700, 9_000, 120_000, 1_300_000];

/** The nth body of a key: half of one and half of another are none. */
export const bodyOf = (writer: number, n: number): Buffer =>
  bytesOf(sizes[n % sizes.length]!, writer * 100_003 + n + 1);

interface Written {
  /** Last put that was acknowledged. */
  acknowledged: number;
  sent: number;
}

async function write(
  client: S3Client,
  bucket: string,
  writer: number,
  state: Written,
  isStopped: () => boolean,
): Promise<void> {
  while (!isStopped()) {
    const n = ++state.sent;
    await put(client, bucket, `key-${writer}`, bodyOf(writer, n), { Metadata: { n: String(n) } });
    state.acknowledged = n;
    // What is put and deleted all the time is garbage all the time.
    const brief = { Bucket: bucket, Key: `brief-${writer}` };
    await put(client, bucket, brief.Key, bodyOf(writer, n + 1), { Metadata: { n: String(n + 1) } });
    await client.send(new DeleteObjectCommand(brief));
  }
}

export interface Writers {
  /** Resolves when each has written that often. */
  reached(times: number): Promise<void>;
  acknowledged(): readonly number[];
  sent(): readonly number[];
  stop(): Promise<void>;
}

export function startWriters(client: S3Client, bucket: string, count = 4): Writers {
  let stopped = false;
  const states = Array.from({ length: count }, (): Written => ({ acknowledged: 0, sent: 0 }));
  const writing = Promise.all(
    states.map((state, i) => write(client, bucket, i, state, () => stopped)),
  );
  return {
    async reached(times) {
      while (states.some(({ acknowledged }) => acknowledged < times)) {
        await Promise.race([delay(10), writing]);
      }
    },
    acknowledged: () => states.map(({ acknowledged }) => acknowledged),
    sent: () => states.map(({ sent }) => sent),
    async stop() {
      stopped = true;
      await writing;
    },
  };
}

/** Each writer's objects are whole, and none older than `before` or newer than `after` says. */
export async function expectMoment(
  reader: S3Client,
  bucket: string,
  before: readonly number[],
  after: readonly number[],
): Promise<void> {
  for (const [i, oldest] of before.entries()) {
    const n = await readWhole(reader, bucket, `key-${i}`, i);
    expect(n).toBeGreaterThanOrEqual(oldest);
    expect(n).toBeLessThanOrEqual(after[i]!);
    const brief = readWhole(reader, bucket, `brief-${i}`, i);
    await brief.catch((error: unknown) => expect(error).toBeInstanceOf(NoSuchKey));
  }
}

/** Which of a writer's bodies it is, all of it. */
async function readWhole(reader: S3Client, Bucket: string, Key: string, writer: number) {
  const { Body, Metadata, ETag } = await reader.send(new GetObjectCommand({ Bucket, Key }));
  const n = Number(Metadata?.n);
  const expected = bodyOf(writer, n);
  const bytes = Buffer.from(await Body!.transformToByteArray());
  expect(bytes.equals(expected), `${Key} ${n}`).toBe(true);
  expect(ETag).toBe(`"${createHash('md5').update(expected).digest('hex')}"`);
  return n;
}
