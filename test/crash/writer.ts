/** One of several clients that write until the server is gone, each on keys of its own. */
import { createHash, randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import type { CrashModel, ObjectState, State } from './model.ts';

export interface WriterOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly name: string;
  readonly model: CrashModel;
  /** 0 up to 1, from the run's own seed. */
  readonly random: () => number;
  /** Called for every acknowledged request. */
  readonly acknowledged: (what: string) => void;
}

const keysPerWriter = 12;
const maxBodyBytes = 3 * 1024 * 1024;

/** Ends when the connection breaks, which is what happens when the server is killed. */
export async function writeUntilGone(options: WriterOptions): Promise<void> {
  try {
    for (;;) await writeOnce(options);
  } catch (error) {
    if (isAnswer(error)) throw error;
    // Whatever was begun and not answered stays possible in the model.
  }
}

/** The server refused or failed a request, which none of these deserves. */
function isAnswer(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$response !== undefined;
}

async function writeOnce(options: WriterOptions): Promise<void> {
  const { random } = options;
  const key = `${options.name}/${Math.floor(random() * keysPerWriter)}`;
  const dice = random();
  if (dice < 0.55) await put(options, key);
  else if (dice < 0.7) await remove(options, key);
  else if (dice < 0.78) await removeMany(options);
  else if (dice < 0.93) await copy(options, key);
  else await uploadInParts(options, key);
}

/** Sizes around the borders of the engine's three homes for bytes, and anything between. */
function bodyOf(random: () => number): Buffer {
  const dice = random();
  if (dice < 0.4) return randomBytes(100 + Math.floor(random() * 4_000));
  if (dice < 0.8) return randomBytes(Math.floor(random() * 200_000));
  return randomBytes(Math.floor(random() * maxBodyBytes));
}

function stateOf(...bodies: readonly Buffer[]): ObjectState {
  const hash = createHash('sha256');
  let size = 0;
  for (const body of bodies) {
    hash.update(body);
    size += body.length;
  }
  return { sha256: hash.digest('hex'), size };
}

async function put(options: WriterOptions, Key: string): Promise<void> {
  const { client, bucket: Bucket, model } = options;
  const Body = bodyOf(options.random);
  const state = stateOf(Body);
  model.begin(Key, state);
  await client.send(new PutObjectCommand({ Bucket, Key, Body }));
  model.acknowledge(Key, state);
  options.acknowledged('put');
}

async function remove(options: WriterOptions, Key: string): Promise<void> {
  const { client, bucket: Bucket, model } = options;
  model.begin(Key, undefined);
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  model.acknowledge(Key, undefined);
  options.acknowledged('delete');
}

async function removeMany(options: WriterOptions): Promise<void> {
  const { client, bucket: Bucket, model, name } = options;
  const keys = [0, 1, 2].map((index) => `${name}/${index}`);
  for (const key of keys) model.begin(key, undefined);
  const Objects = keys.map((Key) => ({ Key }));
  const answer = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  for (const { Key } of answer.Deleted ?? []) model.acknowledge(Key ?? '', undefined);
  options.acknowledged('delete-many');
}

/** From another key of the same writer, whose state is known as nothing of its own is in flight. */
async function copy(options: WriterOptions, Key: string): Promise<void> {
  const { client, bucket: Bucket, model, name, random } = options;
  const source = `${name}/${Math.floor(random() * keysPerWriter)}`;
  const possible = model.possible(source);
  const state: State = possible[0];
  if (source === Key || possible.length !== 1 || state === undefined) return;
  model.begin(Key, state);
  await client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${source}` }));
  model.acknowledge(Key, state);
  options.acknowledged('copy');
}

async function uploadInParts(options: WriterOptions, Key: string): Promise<void> {
  const { client, bucket: Bucket, model } = options;
  const bodies = [randomBytes(smallestPartBytes), bodyOf(options.random)];
  const upload = await createUpload(client, Bucket, Key);
  const parts = await Promise.all(
    bodies.map((body, index) => uploadPart(client, upload, index + 1, body)),
  );
  const state = stateOf(...bodies);
  model.begin(Key, state);
  await complete(client, upload, parts);
  model.acknowledge(Key, state);
  options.acknowledged('complete');
}
