/**
 * How much one process takes on at once: requests, the bytes of bodies that they hold in memory, and SQL
 * queries. What is too much is refused before its body is read, with an error that clients try again after.
 */
import type { OperationName } from '../model/operations.gen.ts';
import { maxGatheredBytes } from '../operations/receive-bytes.ts';
import { S3Error } from '../protocol/errors.ts';
import { maxXmlPayloadBytes, type PayloadKind } from '../protocol/payload.ts';
import type { Exchange } from './exchange.ts';

export interface AdmissionLimits {
  /** Requests at work. */
  readonly maxInFlight: number;
  /** Bytes of request bodies in memory. */
  readonly maxBufferedBytes: number;
  /** SelectObjectContent requests: each may hold a row group of a Parquet file. */
  readonly maxSelectQueries: number;
}

/** Of a stream that is not gathered, whatever its length: what waits for the disk, what is being written, what fills next. */
const streamBytes = 768 * 1024;

export interface Admission {
  /** Once its connection is at this request. */
  began(exchange: Exchange): void;
  /** Gives back what was taken, if anything was. */
  ended(exchange: Exchange): void;
  /** More requests have begun than may be at work. */
  isFull(): boolean;
  /** Once for a request that is allowed, before its body is read; throws S3Error SlowDown or Busy. */
  admit(exchange: Exchange, operation: OperationName, payload: PayloadKind): void;
  /** The same for what is read before it is known what it asks for. */
  admitForm(exchange: Exchange, maxBytes: number): void;
}

export function createAdmission(limits: AdmissionLimits): Admission {
  let requests = 0;
  let bufferedBytes = 0;
  let queries = 0;
  function hold(exchange: Exchange, bytes: number): void {
    if (bufferedBytes + bytes > limits.maxBufferedBytes) throw new S3Error('SlowDown');
    bufferedBytes += bytes;
    exchange.bufferedBytes = bytes;
  }

  return {
    began: (exchange) => {
      requests++;
      exchange.atWork = true;
    },
    ended: (exchange) => {
      if (exchange.atWork) requests--;
      bufferedBytes -= exchange.bufferedBytes;
      if (exchange.querying) queries--;
    },
    isFull: () => requests > limits.maxInFlight,
    admit: (exchange, operation, payload) => {
      if (operation === 'SelectObjectContent') {
        if (queries >= limits.maxSelectQueries) throw new S3Error('Busy');
        queries++;
        exchange.querying = true;
      }
      if (payload !== 'none') hold(exchange, bytesHeld(exchange, operation, payload));
    },
    admitForm: (exchange, maxBytes) => hold(exchange, documentBytes(exchange, maxBytes)),
  };
}

function bytesHeld(exchange: Exchange, operation: OperationName, payload: PayloadKind): number {
  const declared = exchange.headers?.['content-length'];
  // What is longer than its operation takes is refused for that.
  if (payload === 'stream') {
    const bytes = declared === undefined ? undefined : Number(declared);
    return bytes === undefined || bytes > maxGatheredBytes ? streamBytes : bytes;
  }
  return documentBytes(exchange, maxXmlPayloadBytes(operation));
}

function documentBytes({ headers }: Exchange, most: number): number {
  const declared = headers?.['content-length'];
  return declared === undefined ? most : Math.min(Number(declared), most);
}
