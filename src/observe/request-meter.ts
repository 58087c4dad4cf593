/** Counts requests: the instruments of each operation are looked up once and kept. */
import type { Counter, Histogram, Metrics } from './metrics.ts';
import type { RequestEntry } from './request-log.ts';

export interface RequestMeter {
  started(): void;
  /** Once for every `started`. */
  ended(entry: MeteredRequest): void;
}

export type MeteredRequest = Pick<
  RequestEntry,
  'operation' | 'status' | 'bytesIn' | 'bytesOut' | 'firstByteMs' | 'totalMs' | 'aborted'
>;

/** Label of requests that name no operation, so that strangers cannot make up new labels. */
const noOperation = 'none';

interface OperationInstruments {
  readonly byStatus: Map<number, Counter>;
  readonly totalSeconds: Histogram;
  readonly firstByteSeconds: Histogram;
  readonly bytesIn: Histogram;
  readonly bytesOut: Histogram;
  readonly aborted: Counter;
}

export function createRequestMeter(metrics: Metrics): RequestMeter {
  const inFlight = metrics.gauge('requestsInFlight');
  const byOperation = new Map<string, OperationInstruments>();

  function instrumentsOf(operation: string): OperationInstruments {
    const known = byOperation.get(operation);
    if (known !== undefined) return known;
    const made = {
      byStatus: new Map<number, Counter>(),
      totalSeconds: metrics.histogram('requestSeconds', operation),
      firstByteSeconds: metrics.histogram('firstByteSeconds', operation),
      bytesIn: metrics.histogram('requestBytes', operation),
      bytesOut: metrics.histogram('responseBytes', operation),
      aborted: metrics.counter('abortedRequests', operation),
    };
    byOperation.set(operation, made);
    return made;
  }

  return {
    started: () => inFlight.add(1),
    ended: (entry) => {
      inFlight.add(-1);
      const operation = entry.operation ?? noOperation;
      const instruments = instrumentsOf(operation);
      let answered = instruments.byStatus.get(entry.status);
      if (answered === undefined) {
        answered = metrics.counter('requests', operation, String(entry.status));
        instruments.byStatus.set(entry.status, answered);
      }
      answered.add();
      instruments.totalSeconds.observe(entry.totalMs / 1000);
      if (entry.firstByteMs !== undefined) {
        instruments.firstByteSeconds.observe(entry.firstByteMs / 1000);
      }
      instruments.bytesIn.observe(entry.bytesIn);
      instruments.bytesOut.observe(entry.bytesOut);
      if (entry.aborted) instruments.aborted.add();
    },
  };
}
