import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type AuditQueueLimits, createAuditQueue } from './audit-queue.ts';

const limits: AuditQueueLimits = {
  maxQueuedLines: 5,
  maxBatchLines: 2,
  minRetryMs: 1,
  maxRetryMs: 2,
};

function queueOver(take: (lines: readonly string[]) => Promise<void>) {
  const counts = { delivered: 0, dropped: 0, failed: 0 };
  const queue = createAuditQueue(
    { name: 'file', deliver: take },
    {
      delivered: (_, lines) => {
        counts.delivered += lines;
      },
      dropped: (_, lines) => {
        counts.dropped += lines;
      },
      failed: () => {
        counts.failed++;
      },
    },
    limits,
  );
  return { queue, counts };
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await turn();
}

describe('an audit queue', () => {
  it('delivers in order, several at once, and again what was not taken', async () => {
    const taken: string[][] = [];
    let fails = 2;
    const { queue, counts } = queueOver(async (lines) => {
      if (fails-- > 0) throw new Error('not now');
      taken.push([...lines]);
    });
    for (const line of ['a', 'b', 'c']) queue.add(line);
    await until(() => queue.failing);
    await until(() => counts.delivered === 3);
    expect(taken).toEqual([['a', 'b'], ['c']]);
    expect(queue.failing).toBe(false);
    expect(counts).toEqual({ delivered: 3, dropped: 0, failed: 1 });
  });

  it('counts what it has no room for, and what is left at the end', async () => {
    const { queue, counts } = queueOver(() => Promise.reject(new Error('never')));
    for (let at = 0; at < 8; at++) queue.add(`line ${at}`);
    expect(counts.dropped).toBe(3);
    await queue.close(50);
    expect(counts).toMatchObject({ delivered: 0, dropped: 8 });
  });

  it('waits at its end for what is under way, and no longer than it may', async () => {
    let release = () => {};
    const slow = queueOver(() => new Promise((resolve) => (release = resolve)));
    slow.queue.add('line');
    await turn();
    await turn();
    const closed = slow.queue.close(60_000);
    release();
    await closed;
    expect(slow.counts).toMatchObject({ delivered: 1, dropped: 0 });

    const stuck = queueOver(() => new Promise(() => {}));
    stuck.queue.add('line');
    await stuck.queue.close(1);
    expect(stuck.counts.dropped).toBe(1);
  });
});
