/** The settings that limit requests: part of the table in schema.ts. */
import type { Setting } from './schema.ts';
import { bytes, milliseconds, wholeNumber } from './value-kinds.ts';

const KiB = 1024;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const hourMs = 3_600_000;

export const limitsSettings = {
  minPartBytes: {
    group: 'Limits',
    kind: bytes(1, 5 * GiB),
    default: 5 * MiB,
    doc: 'Smallest part of a multipart upload, the last one excepted. S3 has 5 MiB.',
  },
  maxConnections: {
    group: 'Limits',
    kind: wholeNumber(1, 1_000_000, 'count'),
    default: 10_000,
    doc: 'Open connections in each worker. Further ones are closed at once.',
  },
  maxInFlight: {
    group: 'Limits',
    kind: wholeNumber(1, 1_000_000, 'count'),
    default: 2_048,
    doc: 'Requests at work in each worker. Further ones are answered SlowDown.',
  },
  maxBufferedBytes: {
    group: 'Limits',
    kind: bytes(16 * MiB, 1024 * GiB),
    default: 512 * MiB,
    doc: 'Bytes of request bodies that each worker holds in memory: small bodies and documents whole, of large ones 768 KiB each. Further requests are answered SlowDown.',
  },
  maxSelectQueries: {
    group: 'Limits',
    kind: wholeNumber(1, 10_000, 'count'),
    default: 4,
    doc: 'SelectObjectContent queries at work in each worker; each may take some hundred MB. Further ones are answered Busy.',
  },
  anonymousRequestsPerSecond: {
    group: 'Limits',
    kind: wholeNumber(0, 1_000_000, 'count'),
    default: 0,
    defaultText: '0, which is no limit',
    doc: 'Requests without a key in a second, of each IPv4 address and each /64 network of IPv6, in all workers together. Further ones are answered SlowDown.',
  },
  maxBadSignatures: {
    group: 'Limits',
    kind: wholeNumber(0, 1_000_000, 'count'),
    default: 300,
    doc: 'Wrong signatures with one access key from one address in a minute, and requests with unknown keys from one address, that each worker verifies. Further ones are answered SlowDown; the key stays good elsewhere, and other keys at the same address. 0 for no limit.',
  },
  maxHeaderBytes: {
    group: 'Limits',
    kind: bytes(8 * KiB, MiB),
    default: 32 * KiB,
    doc: 'Request line and headers of one request together.',
  },
  tlsHandshakeTimeoutMs: {
    group: 'Limits',
    kind: milliseconds(1_000, hourMs),
    default: 10_000,
    doc: 'How long a connection may take to agree on TLS, where the server speaks it.',
  },
  headersTimeoutMs: {
    group: 'Limits',
    kind: milliseconds(1_000, hourMs),
    default: 15_000,
    doc: 'How long the headers of a request may take to arrive.',
  },
  idleTimeoutMs: {
    group: 'Limits',
    kind: milliseconds(1_000, hourMs),
    default: 60_000,
    doc: 'How long a connection may stay without a byte in either direction.',
  },
  requestTimeoutMs: {
    group: 'Limits',
    kind: milliseconds(1_000, 7 * 24 * hourMs),
    default: 6 * hourMs,
    doc: 'How long one request may take from its first byte to the last of its answer.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
