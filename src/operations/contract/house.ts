/** Operations over a store in memory, run as the pipeline runs them once a request is allowed. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { createEncryption } from '../../features/encryption/encryption.ts';
import { type KeyRing, openKeyRing } from '../../features/encryption/key-ring.ts';
import type { Account, Caller, IdentityDirectory } from '../../identity/identity.ts';
import type { OperationName } from '../../model/operations.gen.ts';
import type { StreamingBody } from '../../model/streaming-body.ts';
import type { OperationTypes } from '../../model/types.gen.ts';
import { decide } from '../../policy/decide.ts';
import { type ErrorCode, S3Error } from '../../protocol/errors.ts';
import { createMemoryBlobStore } from '../../store/blob/memory.ts';
import { createStore } from '../../store/create-store.ts';
import { createMemoryMetaStore } from '../../store/meta/memory.ts';
import type { Bucket, StoredObject } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { createSystemRecords } from '../../store/system-records.ts';
import { withRules } from '../access-rules.ts';
import { operations } from '../index.ts';
import type { Operation, OperationContext, PayloadDeclaration } from '../operation.ts';

function account(accountId: string, namespace = 'default', root = false): Account {
  const displayName = accountId.charAt(0).toUpperCase() + accountId.slice(1);
  const email = `${accountId}@example.com`;
  return { accountId, number: '0'.repeat(12), namespace, displayName, email, root };
}

export const alice = account('alice');
export const bob = account('bob');
export const root = account('root', 'default', true);
export const tenant = account('tenant', 'tenants');
const accounts = [alice, bob, root, tenant];

type Namespaces = Map<string, NonNullable<ReturnType<IdentityDirectory['namespace']>>>;

const identityOf = (namespaces: Namespaces): IdentityDirectory => ({
  accessKey: () => undefined,
  renewedKey: () => undefined,
  session: () => undefined,
  accountById: (id) => accounts.find(({ accountId }) => accountId === id),
  accountByEmail: (address) => accounts.find(({ email }) => email === address.toLowerCase()),
  hasNamespace: (name) => accounts.some(({ namespace }) => namespace === name),
  namespace: (name) => namespaces.get(name),
  restrictions: () => undefined,
  keepFresh: () => {},
});

type Input<Name extends OperationName> = OperationTypes[Name]['input'];
type Output<Name extends OperationName> = OperationTypes[Name]['output'];

export interface Asking {
  /** Alice, if absent. */
  readonly as?: Account | 'anonymous';
  readonly namespace?: string;
  readonly region?: string;
  readonly payload?: Partial<PayloadDeclaration>;
}

export interface House {
  readonly store: Store;
  /** What is known of namespaces, by name; tests may add. */
  readonly namespaces: Namespaces;
  readonly keyRing: Promise<KeyRing>;
  /** What the clock says; tests may move it. */
  clock: number;
  run<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    asking?: Asking,
  ): Promise<Output<Name>>;
  /** Runs what must be refused. */
  refused<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    code: ErrorCode,
    asking?: Asking,
  ): Promise<S3Error>;
  bucket(name: string): Promise<Bucket>;
  object(bucket: string, key: string): Promise<StoredObject>;
}

const noPayload: PayloadDeclaration = {
  sha256: undefined,
  trailerChecksum: undefined,
  trailer: () => undefined,
};

/** @param minPartBytes small, so that tests need no parts of megabytes */
export function openHouse(minPartBytes = 5): House {
  const clock = { now: Date.parse('2024-05-06T07:08:09.123Z') };
  const now = () => clock.now;
  const meta = createMemoryMetaStore({ now });
  const store = createStore({
    meta,
    blobs: createMemoryBlobStore({ now }),
    now,
    randomBytes: (length) => randomBytes(length),
    writer: 0,
    limits: { inlineMaxBytes: 16, gatherMaxBytes: 1024 },
  });
  const namespaces: Namespaces = new Map();
  const identity = identityOf(namespaces);
  const masterKey = randomBytes(32);
  const keyRing = openKeyRing({ records: createSystemRecords(meta), masterKey, randomBytes, now });

  async function bucketOf(namespace: string, name: string): Promise<Bucket> {
    const bucket = await store.buckets.get(namespace, name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket');
    return withRules(bucket, store);
  }

  async function objectOf(bucket: Bucket, key: string, versionId?: string): Promise<StoredObject> {
    if (versionId === undefined) {
      const object = await store.objects.get(bucket, key);
      if (object === undefined) throw new S3Error('NoSuchKey');
      return object;
    }
    const version = await store.objects.version(bucket, key, versionId);
    if (version === undefined) throw new S3Error('NoSuchVersion');
    if (version.deleteMarker) throw new S3Error('MethodNotAllowed');
    return version;
  }

  async function run<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    { as = alice, namespace = 'default', region = 'eu-central-1', payload }: Asking = {},
  ): Promise<Output<Name>> {
    const operation = operations[name] as Operation | undefined;
    if (operation === undefined) throw new Error(`there is no ${name}`);
    const caller: Caller =
      as === 'anonymous'
        ? { kind: 'anonymous' }
        : { kind: 'account', account: as, accessKeyId: 'key' };
    const {
      Bucket: bucketName = '',
      Key = '',
      VersionId,
    } = input as { Bucket?: string; Key?: string; VersionId?: string };
    const { on } = operation.access;
    const bucket = on === 'account' ? undefined : await bucketOf(namespace, bucketName);
    const object = on === 'object' ? await objectOf(bucket!, Key, VersionId) : undefined;
    const context: OperationContext = {
      requestId: 'request',
      caller,
      namespace,
      region,
      endpoint: 'http://127.0.0.1:9000',
      store,
      identity,
      now,
      signal: undefined,
      payload: { ...noPayload, ...payload },
      bucket: bucket!,
      object: object!,
      may: (right, on, of) => {
        const { acl } = (typeof on === 'string' ? undefined : on.bucket) ?? bucket!;
        return decide({
          caller,
          ...(typeof right === 'string' ? { action: right, permission: undefined } : right),
          resource:
            of === undefined
              ? { on: 'bucket', bucket: acl }
              : { on: 'object', bucket: acl, object: of.acl },
        }).allowed;
      },
      openSource: async (sourceBucket, key, versionId) => {
        const found = await bucketOf(namespace, sourceBucket);
        return { bucket: found, object: await objectOf(found, key, versionId) };
      },
      settings: { minPartBytes, sseCOverHttp: true, bucketDefaults: 'acl' },
      encryption: createEncryption({ masterKey, keyRing: await keyRing, randomBytes }),
    };
    return (await operation.run(input as never, context)) as Output<Name>;
  }

  return {
    store,
    namespaces,
    keyRing,
    get clock() {
      return clock.now;
    },
    set clock(value) {
      clock.now = value;
    },
    run,
    async refused(name, input, code, asking) {
      const thrown: unknown = await run(name, input, asking).then(
        () => new Error(`${name} was not refused`),
        (error: unknown) => error,
      );
      if (!(thrown instanceof S3Error)) throw thrown;
      expect(thrown.code).toBe(code);
      return thrown;
    },
    bucket: (name) => bucketOf('default', name),
    object: async (bucket, key) => objectOf(await bucketOf('default', bucket), key),
  };
}

/** A body that comes in chunks. */
export function streamOf(chunks: readonly (Buffer | string)[], length?: number): StreamingBody {
  const buffers = chunks.map((chunk) => Buffer.from(chunk));
  return {
    length: length ?? buffers.reduce((sum, chunk) => sum + chunk.length, 0),
    async *[Symbol.asyncIterator]() {
      yield* buffers;
    },
  };
}

/** All bytes of an answer's body. */
export async function bytesOf(body: Buffer | StreamingBody | undefined): Promise<Buffer> {
  if (body === undefined) throw new Error('there is no body');
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(body.length);
  return bytes;
}
