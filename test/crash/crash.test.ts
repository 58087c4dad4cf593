/**
 * `kill -9` at any moment loses nothing that was acknowledged and shows nothing half.
 *
 * Writers put, overwrite, delete, copy and complete uploads until the whole server is killed; it is
 * started again on the same directory, and every key must be in a state that its client was told, or
 * that an unanswered request of its client may have made. KIST_CRASH_ROUNDS asks for more rounds, and
 * KIST_CRASH_SEED replays the clients' choices (not the machine's timing).
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import { CrashModel, type State, showState } from './model.ts';
import { writeUntilGone } from './writer.ts';

const rounds = Number(process.env.KIST_CRASH_ROUNDS ?? 6);
const seed = Number(process.env.KIST_CRASH_SEED ?? Date.now() % 0x7fff_ffff);
const writers = 6;
const bucket = 'crashed';
/** A round is over after this many acknowledged requests, at the most. */
const mostRequestsPerRound = 150;
const killWithinMs = 30;
/** Bytes of deleted objects go at once, so that a mistake about what is deleted shows. */
const env = { KIST_GARBAGE_GRACE_SECONDS: '0' };

const dataDir = mkdtempSync(join(tmpdir(), 'kist-crash-'));
let server: RunningServer | undefined;
afterAll(async () => {
  await server?.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The same numbers for the same seed (mulberry32). */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function stateOf(client: S3Client, Key: string): Promise<State> {
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const body = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    expect(object.ContentLength).toBe(body.length);
    return { sha256: createHash('sha256').update(body).digest('hex'), size: body.length };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Key → size, as the list says. */
async function listed(client: S3Client): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    for (const { Key = '', Size = -1 } of page.Contents ?? []) {
      expect(found.has(Key)).toBe(false);
      found.set(Key, Size);
    }
  }
  return found;
}

async function verify(client: S3Client, model: CrashModel): Promise<void> {
  const list = await listed(client);
  const wrong: string[] = [];
  for (const key of model.keys) {
    const found = await stateOf(client, key);
    if (!model.allows(key, found)) {
      const allowed = model.possible(key).map(showState).join(' or ');
      wrong.push(`${key}: found ${showState(found)}, may be ${allowed}`);
    }
    if (list.get(key) !== found?.size) {
      wrong.push(`${key}: listed with ${list.get(key)}, read with ${found?.size}`);
    }
    model.settle(key, found);
  }
  for (const key of list.keys()) {
    if (!model.keys.includes(key)) wrong.push(`${key}: listed, and nobody has written it`);
  }
  expect(wrong).toEqual([]);
}

test('killed at any moment, it has everything that it has acknowledged', async () => {
  console.log(`crash: KIST_CRASH_SEED=${seed} KIST_CRASH_ROUNDS=${rounds}`);
  const random = randomOf(seed);
  const model = new CrashModel();
  const counts = new Map<string, number>();

  for (let round = 0; round < rounds; round++) {
    server = await startServer({ dataDir, workers: 2, env });
    const client = s3Client(server.endpoint, main);
    if (round === 0) await client.send(new CreateBucketCommand({ Bucket: bucket }));
    else await verify(client, model);

    const killed = server;
    const requestsBeforeKill = 1 + Math.floor(random() * mostRequestsPerRound);
    let acknowledgedInRound = 0;
    let killing: Promise<void> | undefined;
    const acknowledged = (what: string) => {
      counts.set(what, (counts.get(what) ?? 0) + 1);
      acknowledgedInRound++;
      if (acknowledgedInRound >= requestsBeforeKill) {
        // Not at once: the moment is to have nothing to do with this request's own.
        killing ??= delay(random() * killWithinMs).then(() => killed.kill());
      }
    };
    await Promise.all(
      Array.from({ length: writers }, (_, index) =>
        writeUntilGone({
          client,
          bucket,
          name: `writer-${index}`,
          model,
          random: randomOf(seed + round * writers + index),
          acknowledged,
        }),
      ),
    );
    expect(killing, killed.log()).toBeDefined();
    await killing;
    client.destroy();
  }

  server = await startServer({ dataDir, workers: 2, env });
  const client = s3Client(server.endpoint, main);
  await verify(client, model);
  client.destroy();
  console.log('crash: acknowledged', Object.fromEntries(counts));
}, 300_000);

test('a third start finds what the second found: recovery is not a change', async () => {
  const client = s3Client(server?.endpoint ?? '', main);
  const before = await listed(client);
  client.destroy();
  await server?.kill();
  server = await startServer({ dataDir, workers: 2, env });
  const again = s3Client(server.endpoint, main);
  expect(await listed(again)).toEqual(before);
  again.destroy();
});
