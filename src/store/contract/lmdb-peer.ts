/** A second process over an LMDB environment, for tests: does what it is told and says when it is done. */

import { openLmdbMetaStore } from '../meta/lmdb.ts';
import type { MetaKey, MetaOp } from '../meta/port.ts';

export type PeerCommand =
  | { readonly do: 'put'; readonly key: string; readonly value: string }
  /** Takes each key that is still free, counting under one counter. */
  | { readonly do: 'race'; readonly keys: number }
  /** Adds one at a time to a counter that has a bound, so many times. */
  | { readonly do: 'fill'; readonly times: number; readonly most: number }
  /** Writes key after key until it is killed, telling each one that was acknowledged. */
  | { readonly do: 'pour' };

export type PeerReport =
  | { readonly done: 'opened' | 'put' }
  | { readonly done: 'race' | 'fill'; readonly won: number }
  | { readonly done: 'pour'; readonly acknowledged: number };

const [, , path] = process.argv;
const store = await openLmdbMetaStore({ path: path! });
const report = (message: PeerReport) => process.send!(message);
const at = (key: string): MetaKey => ({
  table: 'object',
  part: Buffer.from('peers'),
  key: Buffer.from(key),
});

async function race(keys: number): Promise<number> {
  const value = Buffer.from(String(process.pid));
  const results = await Promise.all(
    Array.from({ length: keys }, (_, i) => {
      const ops: MetaOp[] = [
        { op: 'put', at: at(`race${i}`), value, guard: { absent: true } },
        { op: 'add', at: at('wins'), deltas: [1] },
      ];
      // A few batches' worth in flight, so that batches of both processes meet.
      return new Promise((resolve) => setTimeout(resolve, i % 50)).then(() => store.commit(ops));
    }),
  );
  return results.filter((result) => result.committed).length;
}

async function fill(times: number, most: number): Promise<number> {
  const add: MetaOp = { op: 'add', at: at('filled'), deltas: [1], most: [most] };
  const results = await Promise.all(
    Array.from({ length: times }, (_, i) =>
      new Promise((resolve) => setTimeout(resolve, i % 50)).then(() => store.commit([add])),
    ),
  );
  return results.filter((result) => result.committed).length;
}

process.on('message', (command: PeerCommand) => {
  const work = async () => {
    if (command.do === 'put') {
      const { key, value } = command;
      await store.commit([{ op: 'put', at: at(key), value: Buffer.from(value) }]);
      report({ done: 'put' });
    } else if (command.do === 'race') {
      report({ done: 'race', won: await race(command.keys) });
    } else if (command.do === 'fill') {
      report({ done: 'fill', won: await fill(command.times, command.most) });
    } else {
      for (let i = 0; ; i++) {
        await store.commit([{ op: 'put', at: at(`pour${i}`), value: Buffer.from(String(i)) }]);
        report({ done: 'pour', acknowledged: i });
      }
    }
  };
  work().catch((error: unknown) => {
    throw error;
  });
});
process.on('disconnect', () => process.exit());
report({ done: 'opened' });
