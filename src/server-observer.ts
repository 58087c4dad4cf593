/** What log and metrics of a process are told of its requests, wired. */
import type { Config } from './config/schema.ts';
import { SealBrokenError } from './features/encryption/sealed-bytes.ts';
import type { RequestObserver } from './http/pipeline.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import { createRequestLog } from './observe/request-log.ts';
import { createRequestMeter } from './observe/request-meter.ts';
import { BlobCorruptError } from './store/blob/port.ts';
import { RecordCorruptError } from './store/errors.ts';
import { storageFault } from './store/faults.ts';

interface Observing {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
}

export function observeRequests({ config, log, metrics }: Observing): RequestObserver {
  const requestLog = createRequestLog(log, config.accessLog);
  const meter = createRequestMeter(metrics);
  const corruptReads = metrics.counter('corruptReads');
  return {
    started: meter.started,
    ended: (entry) => {
      meter.ended(entry);
      if (isCorruption(entry.error)) corruptReads.add();
      const fault = entry.error === undefined ? undefined : storageFault(entry.error);
      if (fault !== undefined) metrics.counter('storageFaults', fault).add();
      if (requestLog.wants(entry.status)) requestLog.write(entry);
    },
  };
}

const isCorruption = (error: unknown): boolean =>
  error instanceof BlobCorruptError ||
  error instanceof RecordCorruptError ||
  error instanceof SealBrokenError;
