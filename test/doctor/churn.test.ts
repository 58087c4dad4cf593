/**
 * What is stored is overwritten and deleted ten times over while it is read, with a kill -9 in the middle: disk
 * use settles within twice the live data, readers never notice, and nothing that was acknowledged is lost.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { allKeys, put, read } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-churn-'));
const dataDir = join(root, 'data');
const Bucket = 'churn';
const KiB = 1024;
const writers = 6;
const keysPerWriter = 11;
/** A record, entries of packs and, above 1 MiB, a file. */
const sizes = [1, 40, 200, 300, 400, 500, 1100].map((size) => size * KiB);
const env = {
  KIST_GARBAGE_GRACE_SECONDS: '0',
  KIST_COMPACTION_INTERVAL_SECONDS: '1',
};
/** Between two reads of a reader, so that most of the time is the writers'. */
const readPauseMs = 50;
let server: RunningServer;
let client: S3Client;

async function start(): Promise<void> {
  server = await startServer({ dataDir, env, workers: 1 });
  // A retry would hide what a reader notices.
  client = s3Client(server.endpoint, main, { maxAttempts: 1 });
}

beforeAll(async () => {
  await start();
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

interface Version {
  readonly number: number;
  /** -1 is a deletion. */
  readonly size: number;
}
const gone: Version = { number: 0, size: -1 };

/** What was acknowledged last, and what was sent last. */
const acknowledged = new Map<string, Version>();
const sent = new Map<string, Version>();
let written = 0;

let state = 11;
function chance(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const keys = Array.from({ length: writers * keysPerWriter }, (_, i) => `key-${i}`);
const bodyOf = (key: string, { number, size }: Version): Buffer =>
  Buffer.alloc(size, createHash('sha512').update(`${key} ${number}`).digest('hex'));

async function change(key: string, size: number): Promise<void> {
  const version = { number: (sent.get(key) ?? gone).number + 1, size };
  sent.set(key, version);
  if (size < 0) await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
  else await put(client, Bucket, key, bodyOf(key, version));
  acknowledged.set(key, version);
  written += Math.max(0, size);
}

/** As many bytes as are asked for, over the writer's own keys, or until the server is gone. */
async function churn(writer: number, bytes: number): Promise<void> {
  const own = keys.filter((_, i) => i % writers === writer);
  for (let done = 0; done < bytes; ) {
    const size = chance(6) === 0 ? -1 : sizes[chance(sizes.length)]!;
    await change(own[chance(own.length)]!, size);
    done += Math.max(0, size);
  }
}

const bodyOrNothing = (key: string): Promise<Buffer | undefined> =>
  read(client, Bucket, key).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  });

/** What is there is the version that was acknowledged before, or one that was sent until afterwards. */
async function check(key: string): Promise<void> {
  const before = (acknowledged.get(key) ?? gone).number;
  const body = await bodyOrNothing(key);
  const after = sent.get(key) ?? gone;
  if (body === undefined) {
    // Deletions may be among them; one writer a key, so that none hides another.
    const couldBeGone = before < after.number || after.size < 0;
    expect(couldBeGone, `${key} is gone`).toBe(true);
    return;
  }
  for (let number = before; number <= after.number; number++) {
    if (body.equals(bodyOf(key, { number, size: body.length }))) return;
  }
  expect.unreachable(
    `${key} has ${body.length} bytes of none of its versions ${before} to ${after.number}`,
  );
}

/** Reads all the time until told otherwise; gives how often. */
async function readOn(isOver: () => boolean): Promise<number> {
  let count = 0;
  for (; !isOver(); count++) {
    await check(keys[chance(keys.length)]!);
    await delay(readPauseMs);
  }
  return count;
}

/** Blocks on disk, of all files. */
function diskUse(directory = dataDir): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const found = lstatSync(join(directory, name), { throwIfNoEntry: false });
    return sum + (found?.blocks ?? 0) * 512;
  }, 0);
}
/** Of versions that were sent and never acknowledged: whatever of them is in a file of its own stays for an hour. */
const underWay = () =>
  keys.reduce((sum, key) => {
    const last = sent.get(key);
    return last === acknowledged.get(key) ? sum : sum + Math.max(0, last?.size ?? 0);
  }, 0);
const live = () => [...acknowledged.values()].reduce((sum, { size }) => sum + Math.max(0, size), 0);

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${server.consolePort}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1] ?? Number.NaN);
}

test('disk use settles within twice the live data, and readers never notice', async () => {
  await Promise.all(keys.map((key) => change(key, sizes[chance(sizes.length)]!)));
  const volume = live();

  // Half of it, then the power goes while everything is under way.
  const half = Array.from({ length: writers }, (_, i) => churn(i, (5 * volume) / writers));
  let isHalfOver = false;
  const reading = [0, 1].map(() => readOn(() => isHalfOver));
  await Promise.all(half);
  isHalfOver = true;
  expect(Math.min(...(await Promise.all(reading)))).toBeGreaterThan(10);
  await until(async () => (await metric('kist_compacted_bytes_total')) > 0, 'something is moved');
  const dying = Array.from({ length: writers }, (_, i) => churn(i, volume).catch(() => {}));
  await delay(300);
  await server.kill();
  await Promise.all(dying);
  client.destroy();
  const left = underWay();

  await start();
  for (const key of keys) {
    await check(key);
    // Whichever it is: known again from here on.
    const version = sent.get(key) ?? gone;
    const body = await bodyOrNothing(key);
    acknowledged.set(key, body === undefined ? { ...version, size: -1 } : version);
    if (body === undefined || !body.equals(bodyOf(key, { ...version, size: body.length }))) {
      await change(key, sizes[chance(sizes.length)]!);
    }
  }
  let isOver = false;
  const readers = [0, 1].map(() => readOn(() => isOver));
  await Promise.all(Array.from({ length: writers }, (_, i) => churn(i, (5 * volume) / writers)));
  expect(written).toBeGreaterThan(10 * volume);
  // A job that was killed holds its lease for a minute, and what it left is looked for after one.
  await until(
    () => diskUse() < 2 * live() + left,
    () =>
      `disk use settles: ${mebibytes(diskUse())} for ${mebibytes(live())} and ${mebibytes(left)}`,
    150_000,
  );
  isOver = true;
  await Promise.all(readers);
  for (const key of keys) await check(key);
  const there = keys.filter((key) => (acknowledged.get(key)?.size ?? -1) >= 0);
  expect((await allKeys(client, Bucket)).sort()).toEqual(there.sort());
  console.log(
    `churn: ${mebibytes(written)} written, ${mebibytes(live())} live, ${mebibytes(diskUse())} on disk, ` +
      `${mebibytes(await metric('kist_compacted_bytes_total'))} moved since the restart`,
  );

  await server.stop();
  const report = await runProgram(process.execPath, [command, 'doctor', '--data-dir', dataDir]);
  expect(report).toMatchObject({ code: 0 });
}, 300_000);
