/** What came of the requests of a load: counts, bytes, times, and errors by code. */
import { createLatencies, type Latencies, type LatencySnapshot } from './latencies.ts';

/** What a single request does. */
export type RequestKind = 'put' | 'get' | 'stat' | 'list' | 'delete';

/** Most codes that are counted apart; a server may make them up. */
const maxErrorCodes = 50;

export interface KindStatistics {
  /** Of successes. */
  readonly latencies: Latencies;
  /** Of successful requests: bodies, both ways. */
  bytes: number;
  readonly errors: Map<string, number>;
}

/** Plain data, as it travels between processes. */
export interface StatisticsSnapshot {
  readonly kinds: Readonly<
    Partial<
      Record<
        RequestKind,
        {
          readonly latencies: LatencySnapshot;
          readonly bytes: number;
          readonly errors: Readonly<Record<string, number>>;
        }
      >
    >
  >;
  /** From the first request to the end of the last. */
  readonly ms: number;
  /** Processor time of the generator, user and system. */
  readonly cpuMs: number;
}

export class Statistics {
  readonly kinds = new Map<RequestKind, KindStatistics>();
  requests = 0;
  bytes = 0;
  ms = 0;
  cpuMs = 0;

  succeeded(kind: RequestKind, ms: number, bytes: number): void {
    const of = this.of(kind);
    of.latencies.add(ms);
    of.bytes += bytes;
    this.requests++;
    this.bytes += bytes;
  }

  failed(kind: RequestKind, code: string, times = 1): void {
    const { errors } = this.of(kind);
    const known = errors.has(code) || errors.size < maxErrorCodes ? code : 'others';
    errors.set(known, (errors.get(known) ?? 0) + times);
  }

  /** Those of another process that worked at the same time. */
  merge({ kinds, ms, cpuMs }: StatisticsSnapshot): void {
    this.ms = Math.max(this.ms, ms);
    this.cpuMs += cpuMs;
    for (const [name, { latencies, bytes, errors }] of Object.entries(kinds)) {
      const kind = name as RequestKind;
      const of = this.of(kind);
      const before = of.latencies.count();
      of.latencies.merge(latencies);
      of.bytes += bytes;
      this.requests += of.latencies.count() - before;
      this.bytes += bytes;
      for (const [code, times] of Object.entries(errors)) this.failed(kind, code, times);
    }
  }

  snapshot(): StatisticsSnapshot {
    const kinds = [...this.kinds].map(([kind, { latencies, bytes, errors }]) => [
      kind,
      { latencies: latencies.snapshot(), bytes, errors: Object.fromEntries(errors) },
    ]);
    return { kinds: Object.fromEntries(kinds), ms: this.ms, cpuMs: this.cpuMs };
  }

  private of(kind: RequestKind): KindStatistics {
    const known = this.kinds.get(kind);
    if (known !== undefined) return known;
    const made = { latencies: createLatencies(), bytes: 0, errors: new Map<string, number>() };
    this.kinds.set(kind, made);
    return made;
  }
}
