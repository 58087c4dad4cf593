import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PeerCommand, PeerReport } from '../contract/lmdb-peer.ts';
import { describeMetaStore } from '../contract/meta.ts';
import type { BatchGuard } from './batch.ts';
import { type LmdbEngine, openLmdbEngine, openLmdbMetaStore } from './lmdb.ts';
import type { MetaKey, MetaStore } from './port.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-lmdb-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeMetaStore('lmdb', {
  open: (place, options) => openLmdbMetaStore({ path: join(directory, place), ...options }),
  persistent: true,
});

const at = (key: string): MetaKey => ({
  table: 'object',
  part: Buffer.from('peers'),
  key: Buffer.from(key),
});

describe('LMDB shared by processes', () => {
  const peers: ChildProcess[] = [];
  const stores: MetaStore[] = [];
  let places = 0;

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.kill('SIGKILL');
    for (const store of stores.splice(0)) await store.close();
  });

  function createPlace(): string {
    return join(directory, `shared${++places}`);
  }

  async function openStore(path: string): Promise<MetaStore> {
    const store = await openLmdbMetaStore({ path });
    stores.push(store);
    return store;
  }

  async function startPeer(path: string): Promise<ChildProcess> {
    const peer = fork(new URL('../contract/lmdb-peer.ts', import.meta.url), [path], {
      execArgv: ['--import', 'tsx'],
    });
    peers.push(peer);
    await nextReport(peer);
    return peer;
  }

  async function nextReport(peer: ChildProcess): Promise<PeerReport> {
    const [report] = (await once(peer, 'message')) as [PeerReport];
    return report;
  }

  function tell(peer: ChildProcess, command: PeerCommand): void {
    peer.send(command);
  }

  test('a read sees what another process acknowledged before it, every time', async () => {
    const path = createPlace();
    const store = await openStore(path);
    const peer = await startPeer(path);
    const rounds = 3000;
    let stale = 0;
    await new Promise<void>((resolve) => {
      let round = 0;
      const next = () => tell(peer, { do: 'put', key: 'fresh', value: String(++round) });
      peer.on('message', async () => {
        // In the very turn in which the acknowledgement arrives.
        const record = store.get(at('fresh'));
        const page = store.scan({ table: 'object', part: Buffer.from('peers'), limit: 1 });
        if ((await record)?.value.toString() !== String(round)) stale++;
        if ((await page).entries[0]?.value.toString() !== String(round)) stale++;
        if (round === rounds) return resolve();
        // Leaves a read transaction open until the next acknowledgement comes.
        await store.get(at('fresh'));
        next();
      });
      next();
    });
    expect(stale).toBe(0);
  });

  test('of processes that race for keys each key has one winner, and no count is lost', async () => {
    const path = createPlace();
    const store = await openStore(path);
    const racers = await Promise.all([startPeer(path), startPeer(path), startPeer(path)]);
    const keys = 2000;
    const reports = racers.map(nextReport);
    for (const racer of racers) tell(racer, { do: 'race', keys });
    const won = (await Promise.all(reports)).map((report) =>
      report.done === 'race' ? report.won : Number.NaN,
    );
    expect(won.reduce((a, b) => a + b)).toBe(keys);
    const wins = await store.get(at('wins'));
    expect(wins?.value.readBigInt64LE(0)).toBe(BigInt(keys));
  });

  test('processes that fill a counter fill it to its bound, and no further', async () => {
    const path = createPlace();
    const store = await openStore(path);
    const peers = await Promise.all([startPeer(path), startPeer(path), startPeer(path)]);
    const [times, most] = [500, 1000];
    const reports = peers.map(nextReport);
    for (const peer of peers) tell(peer, { do: 'fill', times, most });
    const won = (await Promise.all(reports)).map((report) =>
      report.done === 'fill' ? report.won : Number.NaN,
    );
    expect(won.reduce((a, b) => a + b)).toBe(most);
    const filled = await store.get(at('filled'));
    expect(filled?.value.readBigInt64LE(0)).toBe(BigInt(most));
  });

  test('what a process acknowledged outlives its being killed', async () => {
    const path = createPlace();
    const store = await openStore(path);
    const peer = await startPeer(path);
    let acknowledged = -1;
    tell(peer, { do: 'pour' });
    await new Promise<void>((resolve) => {
      peer.on('message', (report: PeerReport) => {
        if (report.done === 'pour') acknowledged = report.acknowledged;
        if (acknowledged === 200) peer.kill('SIGKILL');
      });
      peer.on('exit', () => resolve());
    });
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    for (let i = 0; i <= acknowledged; i++) {
      expect((await store.get(at(`pour${i}`)))?.value.toString()).toBe(String(i));
    }
    // The lock that it may have held is free.
    expect(await store.commit([{ op: 'put', at: at('after'), value: Buffer.from('x') }])).toEqual({
      committed: true,
    });
  });
});

describe('an atomic write', () => {
  let engine: LmdbEngine;
  const key = (name: string) => Buffer.from(`\x05\x00${name}`, 'latin1');
  const record = (seq: number) => ({ value: Buffer.from('x'), seq });

  beforeAll(async () => {
    engine = await openLmdbEngine(join(directory, 'engine'));
    const writes = Array.from({ length: 1200 }, (_, i) => ({
      fullKey: key(`g${i}`),
      record: record(i + 1),
    }));
    await engine.write([], writes);
  });
  afterAll(() => engine.close());

  function guardsThatHold(count: number): BatchGuard[] {
    return Array.from({ length: count }, (_, i) =>
      i % 2 === 0
        ? { fullKey: key(`g${i}`), seq: i + 1 }
        : { fullKey: key(`free${i}`), seq: undefined },
    );
  }

  test.each([1, 2, 3, 10, 499, 500, 501, 1000, 1200])(
    'under %i guards happens if all hold, and not at all if one at any depth fails',
    async (count) => {
      const target = key(`target${count}`);
      const writes = [
        { fullKey: target, record: record(7) },
        { fullKey: key(`victim${count}`), record: undefined },
      ];
      await engine.write([], [{ fullKey: key(`victim${count}`), record: record(8) }]);
      const depths = new Set(
        [0, 1, 2, count >> 1, count - 2, count - 1].filter((i) => i >= 0 && i < count),
      );
      for (const depth of depths) {
        for (const failing of [
          { fullKey: key(`g${depth}`), seq: undefined },
          { fullKey: key(`g${depth}`), seq: depth + 2 },
          { fullKey: key('nothing'), seq: 1 },
        ]) {
          const guards = guardsThatHold(count);
          guards[depth] = failing;
          expect(await engine.write(guards, writes)).toBe(false);
          engine.refresh();
          expect(engine.read(target)).toBeUndefined();
          expect(engine.readSeq(key(`victim${count}`))).toBe(8);
        }
      }
      expect(await engine.write(guardsThatHold(count), writes)).toBe(true);
      engine.refresh();
      expect(engine.readSeq(target)).toBe(7);
      expect(engine.readSeq(key(`victim${count}`))).toBeUndefined();
      // The marker of long chains is gone again.
      expect(engine.range(Buffer.of(0), Buffer.of(1), 10, false)).toEqual([]);
    },
  );
});
