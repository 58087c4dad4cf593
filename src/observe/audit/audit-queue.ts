/**
 * Lines on their way to one target: in order, several at once, again until they are taken. What doesn't fit in the
 * queue while the target takes nothing is dropped, and counted.
 */

export interface AuditTarget {
  /** For metrics and the log: `file`, `webhook`. */
  readonly name: string;
  /** Rejects if not all of them were taken; they come again. */
  deliver(lines: readonly string[]): Promise<void>;
}

export interface AuditQueueEvents {
  delivered(target: string, lines: number): void;
  dropped(target: string, lines: number): void;
  /** The first failure after a success. */
  failed(target: string, error: unknown): void;
}

export interface AuditQueueLimits {
  readonly maxQueuedLines: number;
  /** Delivered at once. */
  readonly maxBatchLines: number;
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const auditQueueLimits: AuditQueueLimits = {
  maxQueuedLines: 10_000,
  maxBatchLines: 500,
  minRetryMs: 250,
  maxRetryMs: 30_000,
};

export interface AuditQueue {
  add(line: string): void;
  /** What was added last could not be delivered yet: the last attempt failed. */
  readonly failing: boolean;
  /** Resolves when nothing is left, or at the deadline. @param ms */
  close(ms: number): Promise<void>;
}

export function createAuditQueue(
  target: AuditTarget,
  events: AuditQueueEvents,
  limits: AuditQueueLimits = auditQueueLimits,
): AuditQueue {
  let queued: string[] = [];
  let failing = false;
  let retryMs = limits.minRetryMs;
  let working: Promise<void> | undefined;
  let closing = false;
  let wake: (() => void) | undefined;

  async function work(): Promise<void> {
    // Lines that come in the same turn go together.
    await new Promise(setImmediate);
    while (queued.length > 0) {
      const batch = queued.slice(0, limits.maxBatchLines);
      try {
        await target.deliver(batch);
        queued = queued.slice(batch.length);
        failing = false;
        retryMs = limits.minRetryMs;
        events.delivered(target.name, batch.length);
      } catch (error) {
        if (!failing) events.failed(target.name, error);
        failing = true;
        if (closing) return;
        await pause(retryMs);
        retryMs = Math.min(retryMs * 2, limits.maxRetryMs);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    add(line) {
      if (queued.length >= limits.maxQueuedLines) {
        events.dropped(target.name, 1);
        return;
      }
      queued.push(line);
      working ??= work().finally(() => {
        working = undefined;
      });
    },
    get failing() {
      return failing;
    },
    async close(ms) {
      closing = true;
      wake?.();
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([working, deadline]);
      clearTimeout(timer);
      if (queued.length > 0) events.dropped(target.name, queued.length);
      queued = [];
    },
  };
}
