import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { createMemoryBlobStore } from '../store/blob/memory.ts';
import { createStore } from '../store/create-store.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import { type PackStore, startSealing, type UpkeepSettings, upkeepJobs } from './upkeep-jobs.ts';

const settings: UpkeepSettings = {
  compactionLiveRatio: 0.6,
  compactionIntervalMs: 1000,
  compactionMaxBytes: 1024 ** 3,
  scrubIntervalMs: 86_400_000,
  scrubBytesPerSecond: 1024 ** 2,
};
const events = { packs: vi.fn(), compacted: vi.fn(), damaged: vi.fn(), scrubbed: vi.fn() };
const now = () => 1_700_000_000_000;

function jobs(changed: Partial<UpkeepSettings> = {}) {
  const meta = createMemoryMetaStore();
  const blobs = createMemoryBlobStore();
  const packs: PackStore = {
    ...blobs,
    compactable: vi.fn(async () => []),
    async *packPages() {},
    mayHide: async () => false,
    packOf: () => undefined,
    packStats: async () => [
      { entryBytes: 100, deadBytes: 30 },
      { entryBytes: 200, deadBytes: 200 },
    ],
    sealMostlyDead: async () => false,
  };
  const deps = { meta, blobs, now, randomBytes, pause: async () => {}, events };
  const all = upkeepJobs({ ...deps, packs, settings: { ...settings, ...changed } });
  const run = (name: string) =>
    all.find((job) => job.name === name)?.run(new AbortController().signal);
  return { meta, blobs, packs, run };
}

it('tells how much of the packs lives, whether something is compacted or not', async () => {
  await jobs().run('compaction');
  expect(events.packs).toHaveBeenLastCalledWith(70, 230);
  const off = jobs({ compactionLiveRatio: 0 });
  await off.run('compaction');
  expect(events.packs).toHaveBeenCalledTimes(2);
  expect(off.packs.compactable).not.toHaveBeenCalled();
});

it('scrubs what is stored and tells how far it is; with 0 days never', async () => {
  const { meta, blobs, run } = jobs();
  const store = createStore({ meta, blobs, now, randomBytes, writer: 0 });
  const acl = { owner: 'owner', grants: [] };
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  expect(await run('scrub')).toMatchObject({ damaged: 0 });
  expect(events.scrubbed).toHaveBeenLastCalledWith(0, 1);
  expect(await run('scrub')).toBeUndefined();
  expect(jobs({ scrubIntervalMs: 0 }).run('scrub')).toBeUndefined();
});

it('leaves a disk alone that is full or broken, for longer each time, until it takes something again', async () => {
  const { packs, run } = jobs();
  const compactable = vi.mocked(packs.compactable);
  const looks = async (runs: number) => {
    compactable.mockClear();
    for (let i = 0; i < runs; i++) await run('compaction')?.catch(() => {});
    return compactable.mock.calls.length;
  };
  compactable.mockRejectedValue(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  await expect(run('compaction')).rejects.toThrow('no space');
  // After 1, 3, 7, 15 and 31 turns without a try, and never more.
  expect(await looks(2 + 4 + 8 + 16 + 32)).toBe(5);
  expect(await looks(64)).toBe(2);
  compactable.mockReset().mockResolvedValue([]);
  expect(await looks(32)).toBe(1);
  expect(await looks(10)).toBe(10);
});

it('lets a process seal its own pack, until it is stopped', async () => {
  vi.useFakeTimers();
  try {
    const sealMostlyDead = vi.fn(async () => true);
    const failed = vi.fn();
    const stop = startSealing({ sealMostlyDead }, settings, failed);
    await vi.advanceTimersByTimeAsync(2500);
    expect(sealMostlyDead).toHaveBeenCalledTimes(2);
    sealMostlyDead.mockRejectedValueOnce(new Error('disk trouble'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(failed).toHaveBeenCalledTimes(1);
    stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sealMostlyDead).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});
