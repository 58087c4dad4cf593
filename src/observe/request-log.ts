/**
 * The access log: one structured line per request, for as many requests as `accessLog` asks for.
 *
 * At tens of thousands of requests a second, writing a line costs as much as answering. So the
 * default writes those that failed in the server only, and `wants` lets the pipeline skip even the
 * making of an entry.
 */
import type { Log, LogFields } from './log.ts';

export type AccessLog = 'none' | '5xx' | '4xx' | 'all';

/** What is known about a request when its answer is over. */
export interface RequestEntry {
  readonly requestId: string;
  readonly method: string;
  /** Undefined where routing did not get that far. */
  readonly operation: string | undefined;
  /** Access key id; undefined for anonymous and unknown callers. */
  readonly caller: string | undefined;
  readonly clientAddress: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly status: number;
  /** The S3 error code of an answer that is an error. */
  readonly code: string | undefined;
  /** Body bytes received and sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From the end of the request's headers to the first byte of the answer; undefined if there was none. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  /** The client was gone before the answer's end. */
  readonly aborted: boolean;
  /** Why a request was refused, in more words than the client gets. */
  readonly reason?: string;
  /** What was thrown, for failures in the server. */
  readonly error?: unknown;
}

export interface RequestLog {
  /** Whether a request with this status gets a line. */
  wants(status: number): boolean;
  write(entry: RequestEntry): void;
}

const leastStatus: Readonly<Record<AccessLog, number>> = {
  none: Number.POSITIVE_INFINITY,
  '5xx': 500,
  '4xx': 400,
  all: 0,
};

export function createRequestLog(log: Log, accessLog: AccessLog): RequestLog {
  const least = leastStatus[accessLog];
  const wanted = [log.enabled('info'), log.enabled('error')] as const;
  return {
    wants: (status) => status >= least && wanted[status >= 500 ? 1 : 0],
    write: (entry) => {
      const { error, ...fields } = entry;
      const line: LogFields = {
        ...fields,
        firstByteMs: rounded(entry.firstByteMs),
        totalMs: rounded(entry.totalMs),
        aborted: entry.aborted || undefined,
        error,
      };
      if (entry.status >= 500) log.error('request failed', line);
      else log.info('request', line);
    },
  };
}

/** Microseconds are plenty. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1000;
}
