/**
 * What the server access logs of buckets tell of a request ("Amazon S3 server access log format" in the user
 * guide): a record for the bucket that it names, one for the bucket of a copy's source, and one for each
 * key of a DeleteObjects.
 *
 * A request that was refused before its bucket was loaded, by its signature say, is logged too.
 */
import type { TLSSocket } from 'node:tls';
import { type AccessRecord, formatAccessRecord } from '../features/logging/access-record.ts';
import { isLogged, type LoggingRecord, loggingConfig } from '../features/logging/configuration.ts';
import {
  batchDelete,
  loggedOperation,
  loggedSourceOperation,
} from '../features/logging/operation-names.ts';
import type { DeleteObjectsOutput, DeleteObjectsRequest } from '../model/types.gen.ts';
import { redactQuery } from '../observe/log.ts';
import { type ErrorCode, S3Error } from '../protocol/errors.ts';
import { isBucketName } from '../protocol/names.ts';
import type { Bucket } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { CopiedSource, Exchange } from './exchange.ts';
import { namespaceOf } from './virtual-host.ts';

export interface ServerAccessLog {
  /** @param endedAt by the pipeline's clock */
  ended(exchange: Exchange, endedAt: number): void;
}

export interface ServerAccessLogDeps {
  readonly store: Pick<Store, 'buckets'>;
  readonly hostId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes a line for delivery. */
  add(source: Bucket, configuration: LoggingRecord, time: number, line: string): void;
  /** Lines are on their way. */
  soon(work: Promise<void>): void;
}

export function createServerAccessLog(deps: ServerAccessLogDeps): ServerAccessLog {
  const { buckets } = deps.store;

  async function write(bucket: Bucket, records: readonly AccessRecord[]): Promise<void> {
    const configuration = await buckets.config<LoggingRecord>(bucket, loggingConfig);
    if (configuration === undefined) return;
    for (const record of records) {
      deps.add(bucket, configuration, record.time, formatAccessRecord(record));
    }
  }

  async function log(exchange: Exchange, totalTime: number): Promise<void> {
    const time = deps.now() - totalTime;
    const base = (bucket: Bucket) => recordOf(exchange, bucket, { time, totalTime, ...deps });
    for (const source of exchange.sources ?? []) {
      if (isLogged(source.bucket))
        await write(source.bucket, [ofSource(base(source.bucket), exchange, source)]);
    }
    const bucket = exchange.bucket ?? (await findBucket(exchange));
    if (bucket === undefined || !isLogged(bucket)) return;
    const record = base(bucket);
    await write(bucket, [record, ...ofDeletedKeys(record, exchange)]);
  }

  function findBucket({ target, caller }: Exchange) {
    if (target.bucket === undefined || !isBucketName(target.bucket)) return undefined;
    return buckets.get(namespaceOf(target, caller), target.bucket);
  }

  return {
    ended(exchange, endedAt) {
      const { bucket, target, sources } = exchange;
      const mayBeLogged = bucket === undefined ? target.bucket !== undefined : isLogged(bucket);
      if (!mayBeLogged && sources === undefined) return;
      deps.soon(log(exchange, endedAt - exchange.startedAt));
    },
  };
}

function recordOf(
  exchange: Exchange,
  bucket: Bucket,
  facts: { readonly time: number; readonly totalTime: number; readonly hostId: string },
): AccessRecord {
  const { incoming, response, caller, target, operation, headers = {} } = exchange;
  const { method = '', url = '' } = incoming;
  const socket = incoming.socket as Partial<TLSSocket>;
  const isSecure = socket.encrypted === true;
  return {
    bucketOwner: bucket.acl.owner,
    bucket: bucket.name,
    time: facts.time,
    remoteIp: exchange.clientAddress,
    requester: caller?.kind === 'account' ? caller.account.accountId : undefined,
    requestId: exchange.requestId,
    operation: loggedOperation({ operation, method, key: target.key }),
    key: target.key,
    requestUri: `${method} ${redacted(url)} HTTP/${incoming.httpVersion}`,
    status: response.statusCode,
    errorCode: exchange.code,
    bytesSent: exchange.bytesOut,
    objectSize: objectSize(exchange),
    totalTime: facts.totalTime,
    turnAroundTime: turnAroundTime(exchange),
    referer: headers.referer,
    userAgent: headers['user-agent'],
    versionId: /[?&]versionId=([^&]*)/.exec(url)?.[1],
    hostId: facts.hostId,
    ...signatureOf(exchange, url),
    cipherSuite: isSecure ? socket.getCipher?.().name : undefined,
    hostHeader: headers.host,
    tlsVersion: isSecure ? (socket.getProtocol?.() ?? undefined) : undefined,
    aclRequired: exchange.aclRequired,
  };
}

/** The part of a copy that reads. */
function ofSource(
  record: AccessRecord,
  { operation }: Exchange,
  { key, versionId, object }: CopiedSource,
): AccessRecord {
  return {
    ...record,
    operation: loggedSourceOperation(operation),
    key,
    versionId,
    bytesSent: undefined,
    objectSize: object?.size,
  };
}

const removed = 204;

function ofDeletedKeys(record: AccessRecord, { operation, outcome }: Exchange): AccessRecord[] {
  if (operation !== 'DeleteObjects' || outcome === undefined) return [];
  const { Objects: asked } = (outcome.input as DeleteObjectsRequest).Delete;
  const { Errors: errors = [] } = outcome.output as DeleteObjectsOutput;
  const nameOf = (one: { readonly Key?: string; readonly VersionId?: string | undefined }) =>
    JSON.stringify([one.Key, one.VersionId]);
  const codes = new Map(errors.map((error) => [nameOf(error), error.Code]));
  return asked.map((one) => {
    const code = codes.get(nameOf(one));
    return {
      ...record,
      operation: batchDelete,
      key: one.Key,
      versionId: one.VersionId,
      requestUri: undefined,
      status: code === undefined ? removed : new S3Error(code as ErrorCode).status,
      errorCode: code,
      bytesSent: undefined,
      totalTime: undefined,
      turnAroundTime: undefined,
    };
  });
}

/** Of the object that is read, copied or made. */
function objectSize({ outcome, sources }: Exchange): number | undefined {
  if (outcome === undefined) return undefined;
  const { Body: body } = outcome.input as { readonly Body?: { readonly length?: number } };
  return outcome.object?.size ?? sources?.[0]?.object?.size ?? body?.length;
}

/** A body that nobody read to its end tells nothing. */
function turnAroundTime(exchange: Exchange): number | undefined {
  const { firstByteAt, receivedAt, startedAt, body } = exchange;
  if (firstByteAt === undefined) return undefined;
  if (body === undefined || body.receivedBytes === 0) return firstByteAt - startedAt;
  return receivedAt === undefined ? undefined : firstByteAt - receivedAt;
}

/** As the request has it, right or wrong. */
function signatureOf(
  { headers, operation, caller }: Exchange,
  url: string,
): Pick<AccessRecord, 'signatureVersion' | 'authenticationType'> {
  const authorization = headers?.authorization;
  if (authorization !== undefined) {
    const isFour = authorization.startsWith('AWS4-');
    return { signatureVersion: isFour ? 'SigV4' : 'SigV2', authenticationType: 'AuthHeader' };
  }
  if (/[?&]X-Amz-Signature=/i.test(url)) {
    return { signatureVersion: 'SigV4', authenticationType: 'QueryString' };
  }
  if (/[?&]Signature=/.test(url)) {
    return { signatureVersion: 'SigV2', authenticationType: 'QueryString' };
  }
  const isForm = operation === 'PostObject' && caller?.kind === 'account';
  return { signatureVersion: undefined, authenticationType: isForm ? 'POST' : undefined };
}

function redacted(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : `${url.slice(0, mark)}?${redactQuery(url.slice(mark + 1))}`;
}
