/** How long clients may take: part of the table in schema.ts, as one noun. */
import type { Setting } from './schema.ts';
import { milliseconds } from './value-kinds.ts';

const hourMs = 3_600_000;

export const timeoutSettings = {
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
