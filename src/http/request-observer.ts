/** Each request's end goes to the metrics, and to the log if the log wants it. */
import type { RequestLog } from '../observe/request-log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';
import type { RequestObserver } from './pipeline.ts';

export function createRequestObserver(meter: RequestMeter, log: RequestLog): RequestObserver {
  return {
    started: () => meter.started(),
    ended(entry) {
      meter.ended(entry);
      if (log.wants(entry.status)) log.write(entry);
    },
  };
}
