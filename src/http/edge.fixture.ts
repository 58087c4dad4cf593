/** A listening edge over fake operations and a fake store, for tests. */
import { createHash } from 'node:crypto';
import type { Account, IdentityDirectory } from '../identity/identity.ts';
import { createRateKeeper } from '../limits/rate-keeper.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import type { RequestEntry } from '../observe/request-log.ts';
import { defineOperation, type OperationContext } from '../operations/operation.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Acl, Bucket, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import { type Listener, type ListenerLimits, listen } from './listener.ts';
import { createPipeline, type OperationTable, type PipelineDeps } from './pipeline.ts';
import { type Answer, openConnection, type RawConnection } from './raw-client.fixture.ts';
import { createRequestIds } from './request-id.ts';

const alice: Account = {
  accountId: 'alice',
  number: '000000000001',
  namespace: 'default',
  displayName: 'Alice',
  email: undefined,
  root: false,
};

const publicAcl: Acl = {
  owner: 'alice',
  grants: [
    { grantee: { group: 'AllUsers' }, permission: 'READ' },
    { grantee: { group: 'AllUsers' }, permission: 'WRITE' },
  ],
};
const privateAcl: Acl = { owner: 'alice', grants: [] };

function bucket(name: string, acl: Acl): Bucket {
  return { name, acl, namespace: 'default' } as Bucket;
}

function object(key: string, acl: Acl): StoredObject {
  return { key, acl, size: 5 } as StoredObject;
}

const buckets = new Map([
  ['public', bucket('public', publicAcl)],
  ['private', bucket('private', privateAcl)],
]);
const objects = new Map([
  ['public/open', object('open', publicAcl)],
  ['public/closed', object('closed', privateAcl)],
  ['private/open', object('open', publicAcl)],
]);

/** A store that answers at once or later, as real ones may. */
function storeOf(later: boolean): Store {
  const maybe = <T>(value: T) => (later ? Promise.resolve(value) : value);
  return {
    buckets: {
      get: (namespace: string, name: string) =>
        maybe(namespace === 'default' ? buckets.get(name) : undefined),
    },
    objects: { get: (of: Bucket, key: string) => maybe(objects.get(`${of.name}/${key}`)) },
  } as unknown as Store;
}

export const aliceKey = { accessKeyId: 'ALICEKEY', secretAccessKey: 'secret', accountId: 'alice' };

export const edgeIdentity: IdentityDirectory = {
  accessKey: (id) =>
    id === aliceKey.accessKeyId
      ? {
          account: alice,
          secrets: [aliceKey.secretAccessKey],
          principal: undefined,
          suspended: false,
        }
      : undefined,
  renewedKey: () => undefined,
  session: () => undefined,
  accountById: (id) => (id === 'alice' ? alice : undefined),
  accountByEmail: () => undefined,
  hasNamespace: (name) => name === 'default' || name === 'acme',
  namespace: () => undefined,
  restrictions: () => undefined,
  keepFresh: () => {},
};

export interface Seen {
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: OperationContext;
}

/** What went on behind the edge. */
export interface Backstage {
  readonly seen: Seen[];
  readonly entries: RequestEntry[];
  readonly logged: unknown[];
  /** A large answer was read to its end or given up. */
  largeEnded: boolean;
  /** What GetObject waits for that is asked to be slow. */
  slow: Promise<void>;
}

async function* chunks(...values: (string | Error)[]): AsyncGenerator<Buffer> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    yield Buffer.from(value);
  }
}

function streamOf(length: number, source: AsyncIterable<Buffer>): StreamingBody {
  return { length, [Symbol.asyncIterator]: () => source[Symbol.asyncIterator]() };
}

export function fakeOperations(backstage: Backstage): OperationTable {
  const remember = (input: object, context: OperationContext): void => {
    backstage.seen.push({ input: input as Seen['input'], context });
  };
  return {
    ListBuckets: defineOperation({
      name: 'ListBuckets',
      access: { on: 'account', action: 's3:ListAllMyBuckets' },
      accepts: [],
      run: () => ({}),
    }),
    HeadBucket: defineOperation({
      name: 'HeadBucket',
      access: { on: 'bucket', action: 's3:ListBucket', permission: 'READ' },
      accepts: [],
      run(input, context) {
        remember(input, context);
        return { BucketRegion: context.bucket.name };
      },
    }),
    GetBucketLocation: defineOperation({
      name: 'GetBucketLocation',
      access: { on: 'bucket', action: 's3:GetBucketLocation', permission: undefined },
      accepts: [],
      run: () => ({}),
    }),
    GetObject: defineOperation({
      name: 'GetObject',
      access: { on: 'object', action: 's3:GetObject', permission: 'READ' },
      accepts: ['VersionId', 'ResponseContentType'],
      run(input, context) {
        remember(input, context);
        switch (input.ResponseContentType) {
          case 'whole':
            return { ContentLength: 10, Body: streamOf(10, chunks('hello', 'world')) };
          case 'short':
            return { ContentLength: 10, Body: streamOf(10, chunks('hello')) };
          case 'breaks':
            return {
              ContentLength: 10,
              Body: streamOf(10, chunks('hello', new Error('bad block'))),
            };
          case 'crumbs':
          case 'large': {
            const blocks = input.ResponseContentType === 'large' ? 64 : 2048;
            const block = 'x'.repeat((64 * 1024 * 1024) / blocks);
            return {
              ContentLength: 64 * 1024 * 1024,
              Body: streamOf(
                64 * 1024 * 1024,
                (async function* () {
                  try {
                    for (let i = 0; i < blocks; i++) yield Buffer.from(block);
                  } finally {
                    backstage.largeEnded = true;
                  }
                })(),
              ),
            };
          }
          case 'slow':
            return backstage.slow.then(() => ({ ContentLength: 0 }));
          case 'slow-body': {
            const late = async function* () {
              await backstage.slow;
              yield Buffer.from('hello');
            };
            return { ContentLength: 5, Body: streamOf(5, late()) };
          }
          case 'bug':
            throw new Error('a bug');
          default:
            return { ContentLength: 5, ETag: '"e"', Body: Buffer.from('hello') };
        }
      },
    }),
    HeadObject: defineOperation({
      name: 'HeadObject',
      access: { on: 'object', action: 's3:GetObject', permission: 'READ' },
      accepts: ['VersionId'],
      run: () => ({ ContentLength: 5, ETag: '"e"' }),
    }),
    PutObject: defineOperation({
      name: 'PutObject',
      access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
      accepts: ['ContentEncoding', 'ContentType', 'Metadata'],
      async run(input, context) {
        remember(input, context);
        if (input.ContentType === 'unread') throw new S3Error('InvalidRequest');
        const hash = createHash('md5');
        let length = 0;
        for await (const chunk of input.Body as StreamingBody) {
          hash.update(chunk);
          length += chunk.length;
          if (input.ContentType === 'first-chunk') throw new S3Error('InvalidRequest');
        }
        const announced = (input.Body as StreamingBody).length;
        if (announced !== length)
          throw new Error(`${length} bytes came, ${announced} were announced`);
        return { ETag: `"${hash.digest('hex')}"` };
      },
    }),
    DeleteObject: defineOperation({
      name: 'DeleteObject',
      access: { on: 'bucket', action: 's3:DeleteObject', permission: 'WRITE' },
      accepts: ['VersionId'],
      run: () => ({}),
    }),
    DeleteObjects: defineOperation({
      name: 'DeleteObjects',
      access: { on: 'bucket', action: 's3:DeleteObject', permission: 'WRITE' },
      accepts: ['Delete'],
      run(input, context) {
        remember(input, context);
        return {};
      },
    }),
  };
}

export interface EdgeSetup {
  readonly limits?: Partial<ListenerLimits>;
  /** The store answers with promises only. */
  readonly later?: boolean;
  readonly wrapStore?: (store: Store) => Store;
  readonly deps?: Partial<PipelineDeps>;
  /** Of short handshakes, so that their limit can be seen. */
  readonly tls?: TlsSource | undefined;
}

export interface Edge extends Backstage {
  readonly listener: Listener;
  /** What became of connections: opened, closed, and why handshakes failed. */
  readonly connections: { opened: number; closed: number; readonly failures: string[] };
  /** Lets go of the requests that are slow. */
  release(): void;
  open(): RawConnection;
  /** Sends one request on a connection of its own; `head` has bare line feeds. */
  ask(head: string, body?: string | Buffer): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startEdge(setup: EdgeSetup = {}): Promise<Edge> {
  const { limits, later = false, wrapStore = (store) => store, deps, tls } = setup;
  let release = (): void => undefined;
  const backstage: Backstage = {
    seen: [],
    entries: [],
    logged: [],
    largeEnded: false,
    slow: new Promise((resolve) => {
      release = resolve;
    }),
  };
  const now = () => Date.now();
  const newRequestId = createRequestIds({ now, random: Math.random });
  const pipeline = createPipeline({
    operations: fakeOperations(backstage),
    store: wrapStore(storeOf(later)),
    identity: edgeIdentity,
    iam: { run: async () => undefined },
    region: 'us-east-1',
    regionEnforced: false,
    encryption: undefined as never,
    settings: { minPartBytes: 5, sseCOverHttp: true, bucketDefaults: 'acl' },
    domains: ['s3.example.com'],
    websiteDomains: [],
    maxInFlight: 100,
    maxBufferedBytes: 16 * 1024 * 1024,
    maxSelectQueries: 1,
    newRequestId,
    hostId: 'host',
    trustedProxies: undefined,
    rates: createRateKeeper(() => performance.now()),
    anonymousRequestsPerSecond: 0,
    now,
    monotonicNow: () => performance.now(),
    observer: { started: () => undefined, ended: (entry) => backstage.entries.push(entry) },
    log: { error: (...line) => backstage.logged.push(line) },
    ...deps,
  });
  const counts = { opened: 0, closed: 0, failures: [] as string[] };
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    pipeline,
    newRequestId,
    hostId: 'host',
    now,
    ...(limits && { limits }),
    connections: {
      opened: () => counts.opened++,
      closed: () => counts.closed++,
      refused: () => undefined,
      handshakeFailed: (reason) => counts.failures.push(reason),
    },
    tls: tls && { source: tls, minVersion: 'TLSv1.2', handshakeTimeoutMs: 200 },
  });
  const connections: RawConnection[] = [];
  const open = (): RawConnection => {
    const connection = openConnection(listener.port, tls !== undefined);
    connections.push(connection);
    return connection;
  };
  return Object.assign(backstage, {
    listener,
    connections: counts,
    release,
    open,
    ask(head: string, body: string | Buffer = '') {
      const connection = open();
      connection.write(`${head.replaceAll('\n', '\r\n')}\r\n\r\n`);
      if (body.length > 0) connection.write(body);
      return connection.answer(head.split(' ')[0]);
    },
    async stop() {
      for (const { socket } of connections) socket.destroy();
      release();
      await listener.close();
    },
  });
}
