/**
 * Which requests a worker sends in a phase, in which order. What is prepared is known by number, and
 * each worker has its share of it; what is put on the way gets names of its own.
 *
 * A head that is sent again is signed again once a minute only: S3 takes a signature for 15 minutes.
 */

import type { OutgoingRequest } from './connection.ts';
import type { BenchOperation } from './options.ts';
import { type PlainRequest, requestHead } from './request-head.ts';
import type { RequestKind } from './statistics.ts';
import { type BenchTarget, preparedPrefix } from './target.ts';

/** How long a signed head is sent again. */
const signatureReuseMs = 60_000;
/** Signed heads kept; beyond, all are forgotten. */
const maxKeptHeads = 20_000;
const listPageKeys = 1000;

/** Of twenty requests in a row: 9 gets, 6 stats, 3 puts, 2 deletes. */
const mixedDeck: readonly RequestKind[] = [
  ...(['get', 'stat', 'get', 'put', 'stat', 'get', 'get', 'stat', 'delete', 'get'] as const),
  ...(['stat', 'get', 'put', 'get', 'stat', 'get', 'delete', 'get', 'stat', 'put'] as const),
];

/** `prepare` puts what the other operations need. */
export type PhaseName = BenchOperation | 'prepare';

export interface Job extends OutgoingRequest {
  readonly kind: RequestKind;
  /** Below the prefix; empty for lists. */
  readonly name: string;
  /** What a successful answer's body has; undefined where that is not known. */
  readonly answerBytes: number | undefined;
}

export interface Workload {
  /** undefined once there is nothing left to do. */
  next(): Job | undefined;
  /** The server has done it. */
  done(job: Job): void;
}

export interface WorkloadOptions {
  readonly target: BenchTarget;
  readonly phase: PhaseName;
  /** Tells the phases of a run apart, so that each puts under new names. */
  readonly phaseNumber: number;
  readonly objects: number;
  readonly sizes: readonly number[];
  /** This worker's number and how many there are. */
  readonly worker: number;
  readonly workers: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to below 1. */
  readonly random: () => number;
}

export function createWorkload(options: WorkloadOptions): Workload {
  const { target, phase, phaseNumber, objects, sizes, worker, workers, now, random } = options;
  const bodiless = { bodyBytes: 0 } as const;
  const kept = new Map<string, { readonly job: Job; readonly signedAt: number }>();
  /** Put on the way, and not deleted yet. */
  const loose: string[] = [];
  /** The next of this worker's share of what is prepared. */
  let turn = worker;
  let puts = 0;
  let dealt = 0;

  const sizeOf = (index: number): number => sizes[index % sizes.length]!;
  const objectName = (index: number): string => `objects/${index}`;
  const headOf = (method: string, name: string, more?: Partial<PlainRequest>): string =>
    requestHead(
      target,
      { method, path: `/${target.bucket}/${target.prefix}${name}`, ...more },
      now(),
    );

  /** The same job as before while its signature is fresh. */
  function again(id: string, make: () => Job): Job {
    const known = kept.get(id);
    const at = now();
    if (known !== undefined && at - known.signedAt < signatureReuseMs) return known.job;
    if (kept.size >= maxKeptHeads) kept.clear();
    const job = make();
    kept.set(id, { job, signedAt: at });
    return job;
  }

  function put(name: string, size: number): Job {
    const head = headOf('PUT', name, { headers: { 'content-length': String(size) } });
    return { kind: 'put', name, head, bodyBytes: size, answerBytes: 0 };
  }

  function putNew(): Job {
    puts++;
    return put(`put-${phaseNumber}/${worker}-${puts}`, sizeOf(puts));
  }

  function read(kind: 'get' | 'stat'): Job {
    const index = Math.floor(random() * objects);
    const name = objectName(index);
    return again(`${kind}${index}`, () =>
      kind === 'get'
        ? { kind, name, head: headOf('GET', name), ...bodiless, answerBytes: sizeOf(index) }
        : { kind, name, head: headOf('HEAD', name), toHead: true, ...bodiless, answerBytes: 0 },
    );
  }

  function list(): Job {
    return again('list', () => {
      const prefix = encodeURIComponent(preparedPrefix(target));
      const query = `list-type=2&max-keys=${listPageKeys}&prefix=${prefix}`;
      const head = requestHead(target, { method: 'GET', path: `/${target.bucket}`, query }, now());
      return { kind: 'list', name: '', head, ...bodiless, answerBytes: undefined };
    });
  }

  function remove(name: string): Job {
    return { kind: 'delete', name, head: headOf('DELETE', name), ...bodiless, answerBytes: 0 };
  }

  /** The next of this worker's share; undefined after the last. */
  function ofShare(make: (index: number) => Job): Job | undefined {
    if (turn >= objects) return undefined;
    const index = turn;
    turn += workers;
    return make(index);
  }

  function deal(): Job {
    const kind = mixedDeck[dealt++ % mixedDeck.length]!;
    if (kind === 'get' || kind === 'stat') return read(kind);
    const name = kind === 'delete' ? loose.pop() : undefined;
    return name === undefined ? putNew() : remove(name);
  }

  const nextOf: Readonly<Record<PhaseName, () => Job | undefined>> = {
    prepare: () => ofShare((index) => put(objectName(index), sizeOf(index))),
    put: putNew,
    get: () => read('get'),
    stat: () => read('stat'),
    list,
    delete: () => ofShare((index) => remove(objectName(index))),
    mixed: deal,
  };

  return {
    next: nextOf[phase],
    done({ kind, name }) {
      if (phase === 'mixed' && kind === 'put') loose.push(name);
    },
  };
}
