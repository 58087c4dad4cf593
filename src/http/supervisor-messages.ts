/** What a supervisor and its processes say to each other over IPC. */

import type { RatedScope } from '../limits/rate-keeper.ts';
import type { MetricsSnapshot } from '../observe/metrics.ts';
import type { TlsState } from '../tls/tls-source.ts';
import type { Wish } from './first-process.ts';

export interface ServerRole {
  /** HTTP, background jobs, or both in one process. */
  readonly kind: 'worker' | 'jobs' | 'all';
  /**
   * Which of the server's writers this process is. Stable over restarts, and never held by two live
   * processes at once: per-writer counters and packs are kept by slot.
   */
  readonly slot: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a process asks of the rates of its server, which its supervisor keeps for all of them. */
export interface RatesQuestion {
  readonly id: number;
  readonly take: readonly RateCall[];
  readonly spend: readonly RateCall[];
}

export interface RateCall {
  readonly scopes: readonly RatedScope[];
  readonly bytes: number;
}

export interface RatesAnswer {
  readonly id: number;
  /** Milliseconds, one for each that was to be taken; 0 was. */
  readonly waits: readonly number[];
}

export type ToProcess<Config> =
  | { readonly kist: 'start'; readonly config: Config; readonly role: ServerRole }
  /** Before 'start', if the server speaks TLS, and at each change. */
  | { readonly kist: 'tls'; readonly state: TlsState }
  /** `rolling`: a successor serves already, so that clients get the time to come off by themselves. */
  | { readonly kist: 'drain'; readonly timeoutMs: number; readonly rolling: boolean }
  /** Answers 'drained': whatever was sent to the process before has reached it. */
  | { readonly kist: 'end' }
  | { readonly kist: 'rates'; readonly answer: RatesAnswer }
  | { readonly kist: 'ask'; readonly id: number; readonly what: Question }
  /** To 'wish'. */
  | {
      readonly kist: 'granted';
      readonly id: number;
      readonly value?: unknown;
      /** Why not, in words. */
      readonly error?: string;
    };

export type Question = 'health' | 'metrics';

export type FromProcess =
  | { readonly kist: 'hello' }
  | { readonly kist: 'rates'; readonly question: RatesQuestion }
  | {
      readonly kist: 'ready';
      readonly s3: Address | undefined;
      /** Path of the socket on which it serves the admin API. */
      readonly api?: string | undefined;
    }
  /** Of the process that serves the admin API. */
  | { readonly kist: 'wish'; readonly id: number; readonly wish: Wish }
  /** It takes no connections any more, and these were its last values. */
  | { readonly kist: 'drained'; readonly metrics: MetricsSnapshot | undefined }
  | {
      readonly kist: 'failed';
      readonly message: string;
      /** Where listening failed: the system's error code. */
      readonly listenCode: string | undefined;
    }
  | {
      readonly kist: 'answer';
      readonly id: number;
      /** Why there is no answer. */
      readonly error?: string;
      /** To 'metrics'. */
      readonly metrics?: MetricsSnapshot;
    };

/** Other parts of Node use the same channel. */
export function isFromProcess(message: unknown): message is FromProcess {
  return typeof message === 'object' && message !== null && 'kist' in message;
}
