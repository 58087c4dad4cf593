/** What an operation gets beside its input; what costs something is made when it is asked for. */
import type { TLSSocket } from 'node:tls';
import type { Encryption } from '../features/encryption/encryption.ts';
import type { Caller, IdentityDirectory } from '../identity/identity.ts';
import type {
  Access,
  OperationContext,
  OperationSettings,
  PayloadDeclaration,
  Right,
  RightTarget,
} from '../operations/operation.ts';
import type { WireRequest } from '../protocol/request.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Asked, authorisedObject, expectOwner, loadBucket, mayAlso } from './authorise.ts';
import type { CopiedSource, Exchange } from './exchange.ts';
import { requesterPays } from './request-payment.ts';
import { enterBucket } from './screen.ts';

export interface ContextDeps {
  readonly store: Store;
  readonly identity: IdentityDirectory;
  readonly encryption: Encryption;
  readonly region: string;
  readonly settings: OperationSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the steps before found out. */
export interface Found {
  readonly exchange: Exchange;
  readonly request: WireRequest;
  readonly asked: Asked;
  readonly namespace: string;
  readonly payload: PayloadDeclaration;
  readonly bucket: Bucket | undefined;
  readonly object: StoredObject | undefined;
}

const readingSource: Access & { readonly on: 'object' } = {
  on: 'object',
  action: 's3:GetObject',
  permission: 'READ',
  ofVersion: { action: 's3:GetObjectVersion', permission: 'READ' },
};

export class RequestContext implements OperationContext {
  readonly requestId: string;
  readonly caller: Caller;
  readonly namespace: string;
  readonly region: string;
  readonly store: Store;
  readonly identity: IdentityDirectory;
  readonly encryption: Encryption;
  readonly now: () => number;
  readonly payload: PayloadDeclaration;
  readonly settings: OperationSettings;
  readonly #found: Found;
  #abort: AbortController | undefined;

  constructor(found: Found, deps: ContextDeps) {
    this.requestId = found.exchange.requestId;
    this.caller = found.asked.caller;
    this.namespace = found.namespace;
    this.region = deps.region;
    this.store = deps.store;
    this.identity = deps.identity;
    this.encryption = deps.encryption;
    this.now = deps.now;
    this.payload = found.payload;
    this.settings = deps.settings;
    this.#found = found;
  }

  get bucket(): Bucket {
    const { bucket } = this.#found;
    if (bucket === undefined) throw new Error('The operation has no bucket.');
    return bucket;
  }

  get object(): StoredObject {
    const { object } = this.#found;
    if (object === undefined) throw new Error('The operation has no object.');
    return object;
  }

  get endpoint(): string {
    const { request, exchange } = this.#found;
    const socket = exchange.incoming.socket as Partial<TLSSocket>;
    const scheme = socket.encrypted === true ? 'https' : 'http';
    const { bucket, bucketInHost } = exchange.target;
    const host = request.headers.host || `${socket.localAddress}:${socket.localPort}`;
    return `${scheme}://${bucketInHost ? host.slice(`${bucket}.`.length) : host}`;
  }

  /** Aborted when the client goes away before it has the whole answer. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const controller = new AbortController();
      this.#abort = controller;
      const { exchange } = this.#found;
      const abort = (): void => {
        if (!exchange.response.writableFinished) controller.abort();
      };
      if (exchange.closed) abort();
      else exchange.response.once('close', abort);
    }
    return this.#abort.signal;
  }

  async openSource(
    name: string,
    key: string,
    versionId?: string,
  ): Promise<{ readonly bucket: Bucket; readonly object: StoredObject }> {
    const { asked, exchange, namespace, request } = this.#found;
    const bucket = await loadBucket(this.store, namespace, name);
    const source: CopiedSource = { bucket, key, versionId, object: undefined };
    exchange.sources = [...(exchange.sources ?? []), source];
    enterBucket(exchange, bucket);
    expectOwner(bucket, 'x-amz-source-expected-bucket-owner', asked);
    requesterPays(bucket, request, asked);
    const named = { bucket, key, versionId, isSource: true } as const;
    const object = await authorisedObject(readingSource, named, asked);
    source.object = object;
    return { bucket, object };
  }

  may(right: string | Right, on: string | RightTarget, object?: StoredObject): boolean {
    const asked = typeof right === 'string' ? { action: right, permission: undefined } : right;
    const { key, versionId, bucket = this.bucket } = typeof on === 'string' ? { key: on } : on;
    return mayAlso(asked, { bucket, key, versionId, object }, this.#found.asked);
  }
}
