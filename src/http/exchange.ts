/** One request and its answer on a connection: what the steps of the pipeline learn and leave behind. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLogged } from '../features/logging/configuration.ts';
import type { Caller } from '../identity/identity.ts';
import type { Networks } from '../limits/addresses.ts';
import { clientAddress, peerAddress } from '../limits/client-address.ts';
import type { RatedScope } from '../limits/rate-keeper.ts';
import type { RequestEntry } from '../observe/request-log.ts';
import { S3Error } from '../protocol/errors.ts';
import type { RequestTarget, WireHeaders } from '../protocol/request.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import { declaredBody, RequestBody } from './body.ts';

const nowhere: RequestTarget = {
  namespace: undefined,
  bucket: undefined,
  key: undefined,
  bucketInHost: false,
};

const noHeaders: readonly string[] = [];

/** What came of an operation, for the server access log of its bucket. */
export interface Outcome {
  /** The object that the operation was on. */
  readonly object: StoredObject | undefined;
  readonly input: object;
  readonly output: object;
}

/** What a copy is made from. */
export interface CopiedSource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Undefined unless it is there and the caller may read it. */
  object: StoredObject | undefined;
}

/** Mutable: each step fills in what it finds, so that an answer to any error knows as much as possible. */
export class Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly awaitsContinue: boolean;
  readonly startedAt: number;
  /** Whose word on the client's address is taken. */
  readonly trustedProxies: Networks | undefined;

  /** Undefined until they were read. */
  headers: WireHeaders | undefined;
  target: RequestTarget = nowhere;
  operation: string | undefined;
  caller: Caller | undefined;
  body: RequestBody | undefined;
  /** For the answer, whatever it is: names and values in turn. */
  edgeHeaders: readonly string[] = noHeaders;
  /** The S3 error code of the answer. */
  code: string | undefined;
  /** Why the request was refused, for the log. */
  reason: string | undefined;
  /** What was thrown, for failures in the server. */
  error: unknown;
  /** What was thrown, where the request was refused with 403. */
  refusal: S3Error | undefined;
  firstByteAt: number | undefined;
  bytesOut = 0;
  /** The bucket that the request names, once it was loaded. */
  bucket: Bucket | undefined;
  /** An ACL was needed to allow the request. */
  aclRequired = false;
  sources: readonly CopiedSource[] | undefined;
  /** These only where the bucket logs its requests. */
  outcome: Outcome | undefined;
  receivedAt: number | undefined;
  /** What the request takes of the process's limits (admission.ts). */
  atWork = false;
  bufferedBytes = 0;
  /** Whose rates it was taken from, and the bytes that were (screen.ts). */
  rated: readonly RatedScope[] | undefined;
  takenBytes = 0;
  querying = false;
  /** The connection's bytes made no sense any more: nothing further can come from it. */
  broken = false;
  closed = false;

  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    awaitsContinue: boolean,
    startedAt: number,
    trustedProxies: Networks | undefined = undefined,
  ) {
    this.incoming = incoming;
    this.response = response;
    this.requestId = requestId;
    this.awaitsContinue = awaitsContinue;
    this.startedAt = startedAt;
    this.trustedProxies = trustedProxies;
  }

  /** Policies, lists of addresses and logs all go by this one. */
  get clientAddress(): string | undefined {
    const { remoteAddress } = this.incoming.socket;
    if (this.trustedProxies === undefined) return peerAddress(remoteAddress);
    const forwardedFor = this.incoming.headers['x-forwarded-for'];
    return clientAddress(
      remoteAddress,
      Array.isArray(forwardedFor) ? forwardedFor.join() : forwardedFor,
      this.trustedProxies,
    );
  }

  /** The bucket that the request names was loaded. */
  enter(bucket: Bucket, monotonicNow: () => number): void {
    this.bucket = bucket;
    if (!isLogged(bucket)) return;
    this.incoming.once('end', () => {
      this.receivedAt = monotonicNow();
    });
  }

  /** Once, for operations that have a payload. A request that declares no body has an empty one. */
  openBody(): RequestBody {
    const declared = declaredBody(this.headers ?? {});
    const { incoming, response } = this;
    const begin = this.awaitsContinue ? () => response.writeContinue() : undefined;
    this.body = new RequestBody(incoming, declared === undefined ? 0 : declared.length, begin);
    if (this.broken && !incoming.complete) this.body.fail(new S3Error('IncompleteBody'));
    return this.body;
  }

  entry(endedAt: number): RequestEntry {
    const { incoming, response, caller, target, body, firstByteAt, startedAt } = this;
    return {
      requestId: this.requestId,
      method: incoming.method ?? '',
      operation: this.operation,
      caller: caller?.kind === 'account' ? caller.accessKeyId : undefined,
      clientAddress: this.clientAddress,
      bucket: target.bucket,
      key: target.key,
      status: response.statusCode,
      code: this.code,
      bytesIn: body === undefined ? 0 : body.receivedBytes,
      bytesOut: this.bytesOut,
      firstByteMs: firstByteAt === undefined ? undefined : firstByteAt - startedAt,
      totalMs: endedAt - startedAt,
      aborted: !response.writableFinished,
      reason: this.reason,
      error: this.error,
    };
  }
}
