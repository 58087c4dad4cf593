/** Where a bench sends its requests, and under which names its objects are. */

import type { Peer } from './connection.ts';
import type { BenchOptions } from './options.ts';
import type { RequestTarget } from './request-head.ts';

/** Plain data, as it travels to worker processes. */
export interface BenchTarget extends RequestTarget {
  readonly peer: Peer;
  readonly bucket: string;
  /** Ends with `/`; nothing else in the bucket starts with it. Needs no percent-encoding. */
  readonly prefix: string;
}

export function benchTarget(options: BenchOptions, bucket: string, prefix: string): BenchTarget {
  const url = new URL(options.endpoint);
  const tls = url.protocol === 'https:';
  return {
    host: url.host,
    region: options.region,
    credentials: options.credentials,
    peer: {
      tls,
      // URL has IPv6 addresses in brackets, sockets have not.
      hostname: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    },
    bucket,
    prefix,
  };
}

/** Below the prefix of what is prepared. */
export const preparedPrefix = ({ prefix }: BenchTarget): string => `${prefix}objects/`;
