import { expect, it } from 'vitest';
import type { Exchange } from './exchange.ts';
import { createServerAccessLog } from './server-access-log.ts';

it('asks the store only for what may be a bucket', async () => {
  const asked: string[] = [];
  const work: Promise<void>[] = [];
  const log = createServerAccessLog({
    store: {
      buckets: {
        get: (_namespace: string, name: string) => {
          asked.push(name);
          return undefined;
        },
      },
    } as never,
    hostId: 'host',
    now: () => 0,
    add: () => {},
    soon: (lines) => void work.push(lines),
  });
  for (const bucket of ['x'.repeat(3000), 'bucket']) {
    log.ended({ target: { bucket }, startedAt: 0 } as Exchange, 1);
  }
  await Promise.all(work);
  expect(asked).toEqual(['bucket']);
});
