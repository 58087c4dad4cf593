/**
 * Delivery of server access logs, by each process that answers requests for the requests that it answered.
 *
 * Lines wait in memory, those of a bucket together, and become one object of the target bucket at the next
 * delivery. As in S3 that is best effort: a process that is killed takes along what waits, one that stops
 * delivers it first. What waits is bounded: further lines are dropped, and counted.
 *
 * A target is of the source's owner and namespace, which is all the permission that a delivery needs; one that
 * isn't any more gets nothing.
 */
import {
  type LoggingRecord,
  logObjectAcl,
  logObjectKey,
  partitionedBy,
} from '../features/logging/configuration.ts';
import { ownershipConfig, type StoredOwnership } from '../policy/bucket-rules.ts';
import { BucketGoneError } from '../store/errors.ts';
import type { Bucket } from '../store/records.ts';
import { type DeliveryDeps, deliverObject } from './deliver-object.ts';

export interface LogDeliverySettings {
  readonly intervalMs: number;
  /** Of all lines that wait, those of deliveries under way included. */
  readonly maxWaitingBytes: number;
  /** Lines of one bucket that are delivered at once, whatever the interval. */
  readonly maxObjectBytes: number;
}

export const logDeliveryLimits = {
  maxWaitingBytes: 32 * 1024 * 1024,
  maxObjectBytes: 8 * 1024 * 1024,
} as const;

export interface DeliveredLog {
  readonly source: Bucket;
  readonly targetBucket: string;
  readonly key: string;
  readonly records: number;
  readonly bytes: number;
}

export interface LogDeliveryDeps extends DeliveryDeps {
  readonly region: string;
  readonly randomBytes: (length: number) => Buffer;
  readonly settings: LogDeliverySettings;
  readonly events: {
    delivered(log: DeliveredLog): void;
    /** Records that nobody will ever see. */
    dropped(source: Bucket, records: number, reason: string): void;
    /** A delivery that is tried again. */
    failed(source: Bucket, error: unknown): void;
    /** Lines never came to be. */
    unwritten(error: unknown): void;
  };
}

export interface LogDelivery {
  /** @param time of the request, in milliseconds since the epoch */
  add(source: Bucket, configuration: LoggingRecord, time: number, line: string): void;
  /** Work that is about to add lines: the last delivery waits for it. */
  soon(work: Promise<void>): void;
  /** Delivers what waits now. */
  deliver(): Promise<void>;
  /** Delivers what waits, for the last time. */
  stop(): Promise<void>;
}

/** Lines that go to one object. */
interface Waiting {
  readonly source: Bucket;
  /** The newest that a line came with. */
  configuration: LoggingRecord;
  /** Any time of the day that the object is for, where keys are partitioned by the time of events. */
  readonly eventTime: number;
  lines: string[];
  bytes: number;
  /** A delivery failed: the next one is when its time has come. */
  failed: boolean;
}

const dayMs = 86_400_000;
/** Deliveries under way at once. */
const concurrency = 8;
const uniqueBytes = 8;

export function startLogDelivery(deps: LogDeliveryDeps): LogDelivery {
  const { store, settings, events } = deps;
  const { maxWaitingBytes, maxObjectBytes } = settings;
  const waiting = new Map<string, Waiting>();
  const underWay = new Set<Promise<void>>();
  const coming = new Set<Promise<void>>();
  /** How many lines found no room, by bucket; told at the next delivery. */
  const overflow = new Map<string, { readonly source: Bucket; readonly records: number }>();
  let waitingBytes = 0;
  let stopping = false;

  const idOf = ({ id }: Bucket, configuration: LoggingRecord, time: number): string =>
    partitionedBy(configuration) === 'EventTime' ? `${id}/${Math.floor(time / dayMs)}` : id;

  async function deliverOne(log: Waiting): Promise<void> {
    const { source, configuration, lines, bytes } = log;
    try {
      const target = await targetOf(log);
      if (typeof target === 'string') {
        events.dropped(source, lines.length, target);
        return;
      }
      const at = partitionedBy(configuration) === 'EventTime' ? log.eventTime : deps.now();
      const unique = deps.randomBytes(uniqueBytes).toString('hex').toUpperCase();
      const from = { owner: source.acl.owner, region: deps.region, bucket: source.name };
      const key = logObjectKey(configuration, from, { at, unique });
      const ownership = await store.buckets.config<StoredOwnership>(target, ownershipConfig);
      await deliverObject(
        deps,
        {
          bucket: target,
          key,
          headers: { contentType: 'text/plain' },
          acl: logObjectAcl(configuration, target.acl.owner, ownership?.objectOwnership),
        },
        Buffer.from(`${lines.join('\n')}\n`, 'latin1'),
      );
      const { name: targetBucket } = target;
      events.delivered({ source, targetBucket, key, records: lines.length, bytes });
    } catch (error) {
      if (error instanceof BucketGoneError) {
        events.dropped(source, lines.length, 'the target bucket is gone');
      } else if (stopping) {
        events.failed(source, error);
        events.dropped(source, lines.length, 'the server stops');
      } else {
        events.failed(source, error);
        putBack(log);
      }
    } finally {
      waitingBytes -= bytes;
    }
  }

  /** The bucket to deliver to, or why there is none. */
  async function targetOf({ source, configuration }: Waiting): Promise<Bucket | string> {
    const target = await store.buckets.get(source.namespace, configuration.targetBucket);
    if (target === undefined) return 'the target bucket is gone';
    if (target.acl.owner !== source.acl.owner) return "the target bucket is not its owner's";
    return target;
  }

  /** Before the lines that came meanwhile. */
  function putBack(log: Waiting): void {
    const id = idOf(log.source, log.configuration, log.eventTime);
    const newer = waiting.get(id);
    waitingBytes += log.bytes;
    if (newer === undefined) {
      log.failed = true;
      waiting.set(id, log);
      return;
    }
    newer.failed = true;
    newer.lines = [...log.lines, ...newer.lines];
    newer.bytes += log.bytes;
  }

  function begin(id: string, log: Waiting): Promise<void> {
    waiting.delete(id);
    const delivery = deliverOne(log).finally(() => underWay.delete(delivery));
    underWay.add(delivery);
    return delivery;
  }

  async function deliver(): Promise<void> {
    for (const { source, records } of overflow.values()) {
      events.dropped(source, records, 'too many wait');
    }
    overflow.clear();
    const logs = [...waiting];
    for (let at = 0; at < logs.length; at += concurrency) {
      await Promise.all(
        logs.slice(at, at + concurrency).map(([id, log]) => {
          // It may have grown large enough to be delivered by itself meanwhile.
          return waiting.get(id) === log ? begin(id, log) : undefined;
        }),
      );
    }
  }

  const timer = setInterval(() => void deliver(), settings.intervalMs);
  timer.unref();

  return {
    add(source, configuration, time, line) {
      const bytes = line.length + 1;
      if (waitingBytes + bytes > maxWaitingBytes) {
        const before = overflow.get(source.id)?.records ?? 0;
        overflow.set(source.id, { source, records: before + 1 });
        return;
      }
      const id = idOf(source, configuration, time);
      let log = waiting.get(id);
      if (log === undefined) {
        log = { source, configuration, eventTime: time, lines: [], bytes: 0, failed: false };
        waiting.set(id, log);
      }
      log.configuration = configuration;
      log.lines.push(line);
      log.bytes += bytes;
      waitingBytes += bytes;
      if (log.bytes >= maxObjectBytes && !log.failed) void begin(id, log);
    },
    soon(work) {
      const settled = work.catch(events.unwritten).finally(() => coming.delete(settled));
      coming.add(settled);
    },
    deliver,
    async stop() {
      clearInterval(timer);
      await Promise.all(coming);
      stopping = true;
      await deliver();
      await Promise.all(underWay);
    },
  };
}
