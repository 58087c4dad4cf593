import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { PeerReport } from '../contract/lmdb-peer.ts';
import { encodeMetaKey } from './keys.ts';
import { openLmdbMetaStore } from './lmdb.ts';
import type { MetaKey } from './port.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-snapshot-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string): MetaKey => ({
  table: 'object',
  part: Buffer.from('peers'),
  key: Buffer.from(name),
});

describe('a snapshot of all records', () => {
  it('is of one moment, while another process writes and this one waits between records', async () => {
    const path = join(directory, 'poured');
    const store = await openLmdbMetaStore({ path });
    const peer = fork(new URL('../contract/lmdb-peer.ts', import.meta.url), [path], {
      execArgv: ['--import', 'tsx'],
    });
    try {
      await once(peer, 'message');
      let acknowledged = -1;
      peer.on('message', (report: PeerReport) => {
        if (report.done === 'pour') acknowledged = report.acknowledged;
      });
      peer.send({ do: 'pour' });
      for (let round = 0; round < 3; round++) {
        // Several pages of a snapshot, and more in each round.
        const enough = (round + 1) * 400;
        while (acknowledged < enough) await nextTurn();
        const before = acknowledged;
        const found = new Set<string>();
        for (const { record } of store.snapshot()) {
          found.add(record.value.toString());
          // Much is written while the first page is read, and some while each later one is.
          const seen = acknowledged;
          while (acknowledged < before + 200) await nextTurn();
          if (found.size % 100 === 0) {
            while (acknowledged === seen) await nextTurn();
            // Letting go of the common read transaction takes nothing from the snapshot.
            await store.get(at('pour0'));
          }
        }
        // The peer writes one after the other: a moment has all up to some number, and no other.
        const gaps = Array.from({ length: found.size }, (_, i) => i).filter(
          (i) => !found.has(String(i)),
        );
        expect(gaps).toEqual([]);
        expect(found.size).toBeGreaterThan(before);
        expect(found.size).toBeLessThan(before + 200);
      }
    } finally {
      peer.kill('SIGKILL');
      await store.close();
    }
  });

  it('has every record once, in order, with its sequence number, and none of the adapter', async () => {
    const store = await openLmdbMetaStore({ path: join(directory, 'ordered') });
    try {
      await store.health();
      // Around the size of a page, so that its edges are met.
      const names = Array.from({ length: 600 }, (_, i) => `key${String(i).padStart(4, '0')}`);
      await store.commit(
        names.map((name) => ({ op: 'put', at: at(name), value: Buffer.from(name) })),
      );
      const found = [...store.snapshot()];
      expect(found.map(({ fullKey }) => fullKey.toString('hex'))).toEqual(
        names.map((name) => encodeMetaKey(at(name)).toString('hex')),
      );
      const last = await store.get(at('key0599'));
      expect(found.at(-1)?.record).toEqual({ value: Buffer.from('key0599'), seq: last?.seq });
    } finally {
      await store.close();
    }
  });
});
