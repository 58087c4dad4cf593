import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareDataDirectory } from '../cli/data-directory.ts';
import { crc32cOf } from '../digest/digest.ts';
import { backupDataDirectory, restoreDataDirectory } from '../server-backup.ts';
import { openFileBlobStore } from '../store/blob/files.ts';
import { audit } from '../store/contract/audit.ts';
import { createStore } from '../store/create-store.ts';
import { ensureFormat, readFormat } from '../store/format.ts';
import { systemKey } from '../store/keyspace.ts';
import { openLmdbMetaStore } from '../store/meta/lmdb.ts';
import { encodeRecord } from '../store/record-codec.ts';
import { openDirectoryPlace } from './directory-place.ts';
import { getManifest, putManifest, type Repository } from './repository.ts';
import { restore } from './restore.ts';
import { restoringMark } from './restoring-mark.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { signal } = new AbortController();
const owner = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl: owner, etag: 'e' };
const inlineBytes = 100;
const packedBytes = 20_000;
const fileBytes = 1_500_000;

async function openHouse(dataDir: string, writer = 0) {
  mkdirSync(dataDir, { recursive: true });
  const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  await ensureFormat(meta, Date.now);
  const blobs = await openFileBlobStore({
    dir: join(dataDir, 'blobs'),
    writerId: String(writer),
    deps: { crc32c: crc32cOf },
  });
  const store = createStore({ meta, blobs, now: Date.now, randomBytes, writer });
  await store.buckets.create({
    namespace: 'default',
    name: 'b',
    locationConstraint: '',
    acl: owner,
  });
  const bucket = (await store.buckets.get('default', 'b'))!;
  return {
    meta,
    blobs,
    store,
    bucket,
    async put(key: string, bytes: Buffer) {
      const staged = await store.objects.stage(bytes, { length: bytes.length });
      await store.objects.put(bucket, key, staged, described);
    },
    async read(key: string): Promise<Buffer | undefined> {
      const object = await store.objects.get(bucket, key);
      if (object === undefined) return undefined;
      const bytes = await store.objects.read(object, 0, object.size);
      if (Buffer.isBuffer(bytes)) return bytes;
      const chunks: Buffer[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    faults: () => audit(meta, blobs, [bucket]),
    async close() {
      await blobs.close();
      await meta.close();
    },
  };
}

let places = 0;
let dataDir: string;
let target: string;
let house: Awaited<ReturnType<typeof openHouse>>;

beforeEach(async () => {
  const place = join(root, String(++places));
  dataDir = join(place, 'data');
  target = join(place, 'backup');
  house = await openHouse(dataDir);
});
afterEach(() => house.close());

const takeBackup = (more: Partial<Parameters<typeof backupDataDirectory>[0]> = {}) =>
  backupDataDirectory({ dataDir, target: { directory: target }, signal, ...more });

async function restored(more: { readonly snapshot?: string } = {}) {
  const into = join(root, String(++places), 'restored');
  await restoreDataDirectory({ source: { directory: target }, dataDir: into, signal, ...more });
  return openHouse(into);
}

async function putThree(suffix: string): Promise<ReadonlyMap<string, Buffer>> {
  const bodies = new Map(
    [inlineBytes, packedBytes, fileBytes].map((size) => [`${size}-${suffix}`, randomBytes(size)]),
  );
  for (const [key, bytes] of bodies) await house.put(key, bytes);
  return bodies;
}

describe('a backup', () => {
  it('restores to a store that agrees with itself and has the same bytes, wherever they lay', async () => {
    const bodies = await putThree('a');
    await house.put('over', randomBytes(packedBytes));
    await house.put('over', Buffer.from('now'));
    await house.put('gone', randomBytes(packedBytes));
    await house.store.objects.remove(house.bucket, 'gone');
    const report = await takeBackup();
    expect(report.copiedBytes).toBe(report.bytes);
    const copy = await restored();
    for (const [key, bytes] of bodies) expect((await copy.read(key))?.equals(bytes)).toBe(true);
    expect((await copy.read('over'))?.toString()).toBe('now');
    expect(await copy.read('gone')).toBeUndefined();
    expect(await copy.faults()).toEqual([]);
    // What waited for its removal is still to be removed.
    expect(await copy.store.garbage.collect(Date.now() + 1000)).toMatchObject({ failed: 0 });
    expect(await copy.faults()).toEqual([]);
    await copy.close();
  });

  it('has what was there when it began, whatever is written while it copies', async () => {
    const bodies = await putThree('before');
    let meanwhile: Promise<unknown> | undefined;
    await takeBackup({
      onProgress: () => {
        meanwhile ??= putThree('meanwhile').then(() =>
          house.store.objects.remove(house.bucket, `${fileBytes}-before`),
        );
      },
    });
    await meanwhile;
    expect(await house.read(`${fileBytes}-before`)).toBeUndefined();
    const copy = await restored();
    for (const [key, bytes] of bodies) expect((await copy.read(key))?.equals(bytes)).toBe(true);
    expect(await copy.read(`${inlineBytes}-meanwhile`)).toBeUndefined();
    expect(await copy.read(`${packedBytes}-meanwhile`)).toBeUndefined();
    expect(await copy.faults()).toEqual([]);
    await copy.close();
  });

  it('copies only what the target lacks, and of a pack what it grew by', async () => {
    await putThree('a');
    await takeBackup();
    expect((await takeBackup()).copiedBytes).toBe(0);
    await house.put('more', randomBytes(packedBytes));
    const third = await takeBackup();
    expect(third.copiedBytes).toBeGreaterThan(packedBytes);
    expect(third.copiedBytes).toBeLessThan(packedBytes + 1000);
    const copy = await restored();
    expect((await copy.read('more'))?.length).toBe(packedBytes);
    expect(await copy.faults()).toEqual([]);
    await copy.close();
  });

  it('keeps older snapshots that share its bytes, each restored as it was', async () => {
    await house.put('key', randomBytes(packedBytes));
    const first = await takeBackup();
    const early = await house.read('key');
    await house.put('key', randomBytes(packedBytes));
    await takeBackup();
    const copy = await restored({ snapshot: first.snapshot });
    expect((await copy.read('key'))?.equals(early!)).toBe(true);
    expect(await copy.faults()).toEqual([]);
    await copy.close();
    await expect(restored({ snapshot: 'none' })).rejects.toThrow(first.snapshot);
  });

  it('drops old snapshots and their bytes when told how many to keep', async () => {
    await house.put('old', randomBytes(fileBytes));
    const first = await takeBackup();
    await house.store.objects.remove(house.bucket, 'old');
    await house.store.garbage.collect(Date.now() + 1000);
    await house.put('new', randomBytes(fileBytes));
    const second = await takeBackup({ keep: 1 });
    expect(second).toMatchObject({ dropped: 1, files: 1 });
    expect(readdirSync(join(target, 'snapshots'))).toEqual([second.snapshot]);
    const files = readdirSync(join(target, 'blobs/files'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.includes('.blob.0-'))).toHaveLength(1);
    await expect(restored({ snapshot: first.snapshot })).rejects.toThrow('no snapshot');
    const copy = await restored();
    expect((await copy.read('new'))?.length).toBe(fileBytes);
    await copy.close();
  });

  it('that broke off is no snapshot, and the next one goes on with what it copied', async () => {
    for (let i = 0; i < 70; i++) await house.put(`key${i}`, randomBytes(1_100_000));
    const stop = new AbortController();
    const broken = takeBackup({
      signal: stop.signal,
      onProgress: ({ copiedBytes }) => {
        if (copiedBytes > 66 * 1_100_000) stop.abort(new Error('pulled'));
      },
    });
    await expect(broken).rejects.toThrow('pulled');
    await expect(restored()).rejects.toThrow('no finished snapshot');
    // What a killed one was writing.
    writeFileSync(join(target, 'partial/half'), 'half');
    const next = await takeBackup();
    expect(next.copiedBytes).toBeLessThan(7 * 1_101_000);
    expect(readdirSync(join(target, 'snapshots'))).toEqual([next.snapshot]);
    expect(readdirSync(join(target, 'partial'))).toEqual([]);
    const copy = await restored();
    expect((await copy.read('key69'))?.equals((await house.read('key69'))!)).toBe(true);
    expect(await copy.faults()).toEqual([]);
    await copy.close();
  });

  it('is the newest though the clock was ahead at an earlier one', async () => {
    const clock = Date.now;
    const ahead = vi.spyOn(Date, 'now').mockImplementation(() => clock() + 3_600_000);
    const early = await takeBackup().finally(() => ahead.mockRestore());
    await house.put('key', randomBytes(packedBytes));
    const late = await takeBackup({ keep: 1 });
    expect(late.snapshot > early.snapshot).toBe(true);
    expect(readdirSync(join(target, 'snapshots'))).toEqual([late.snapshot]);
    const copy = await restored();
    expect((await copy.read('key'))?.length).toBe(packedBytes);
    await copy.close();
  });

  it('is none of a directory that was not restored to the end', async () => {
    writeFileSync(join(dataDir, restoringMark), '');
    await expect(takeBackup()).rejects.toThrow('not restored to the end');
    expect(existsSync(target)).toBe(false);
  });

  it('is none when another directory’s began in the same place meanwhile', async () => {
    await putThree('a');
    const other = join(root, String(++places), 'other');
    await (await openHouse(other)).close();
    const elsewhere = join(root, String(++places), 'backup');
    await takeBackup({ dataDir: other, target: { directory: elsewhere } });
    const head = 'kist-backup.json';
    const overtake = () => copyFileSync(join(elsewhere, head), join(target, head));
    await expect(takeBackup({ onProgress: overtake })).rejects.toThrow('another data directory');
    const [id] = readdirSync(join(target, 'snapshots'));
    expect(readdirSync(join(target, 'snapshots', id!))).not.toContain('manifest.json');
  });

  it('leaves the format of the directory as it is, for the Kist that serves it', async () => {
    const at = systemKey('format');
    const older = { ...(await readFormat(house.meta))!, version: 1 };
    await house.meta.commit([{ op: 'put', at, value: encodeRecord(older) }]);
    await takeBackup();
    expect(await readFormat(house.meta)).toEqual(older);
    await (await restored()).close();
  });

  it.each(['blobs/packs', 'snapshots'])(
    'is none when something took away from %s what it rests on',
    async (folder) => {
      await putThree('a');
      const { snapshot } = await takeBackup();
      await house.put('more', randomBytes(fileBytes));
      const takeAway = () => {
        const path = join(target, folder);
        const [name] = readdirSync(path).filter((one) => one !== snapshot);
        rmSync(folder === 'snapshots' ? join(path, name!, 'records-0') : join(path, name!));
      };
      await expect(takeBackup({ onProgress: takeAway })).rejects.toThrow('was removed meanwhile');
      await takeBackup();
      await (await restored()).close();
    },
  );

  it('keeps the jobs that remove bytes from running, and lets them run again at its end', async () => {
    await putThree('a');
    const taken: boolean[] = [];
    const asked: Promise<unknown>[] = [];
    const tryLease = () => house.meta.lease('job:garbage', 'server', 1000);
    await takeBackup({
      onProgress: () => asked.push(tryLease().then((got) => taken.push(got))),
    });
    // Asked after the end by none: each was called while it copied.
    await Promise.all(asked);
    expect(taken.length).toBeGreaterThan(0);
    expect(taken[0]).toBe(false);
    expect(await tryLease()).toBe(true);
  });

  it('waits for a job that is at work', async () => {
    await putThree('a');
    await house.meta.lease('job:orphans', 'server', 60_000);
    let ended = false;
    const running = takeBackup().then(() => {
      ended = true;
    });
    // It has the leases before this one by then.
    while (await house.meta.lease('job:garbage', 'probe', 1))
      await house.meta.release('job:garbage', 'probe');
    expect(ended).toBe(false);
    await house.meta.release('job:orphans', 'server');
    await running;
  });

  it('refuses a directory that is something else, or the backup of another one', async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'letter'), 'dear');
    await expect(takeBackup()).rejects.toThrow('neither empty nor a backup');
    rmSync(join(target, 'letter'));
    await takeBackup();
    const other = join(root, String(++places), 'other');
    await (await openHouse(other)).close();
    await expect(takeBackup({ dataDir: other })).rejects.toThrow('another data directory');
  });
});

describe('a restore', () => {
  it('refuses a directory with something in it', async () => {
    await takeBackup();
    await expect(
      restoreDataDirectory({ source: { directory: target }, dataDir, signal }),
    ).rejects.toThrow('is not empty');
    expect((await house.faults()).length).toBe(0);
  });

  it('refuses a backup in which any file changed, by the file’s name', async () => {
    await putThree('a');
    writeFileSync(join(dataDir, 'master-key'), 'key\n');
    await takeBackup();
    const names = readdirSync(target, { recursive: true, encoding: 'utf8' });
    const paths = names.map((name) => join(target, name)).filter((path) => statSync(path).isFile());
    // Head, manifest, records, list, master key, a pack and a file.
    expect(paths).toHaveLength(7);
    for (const path of paths) {
      const bytes = readFileSync(path);
      const middle = Math.floor(bytes.length / 2);
      writeFileSync(path, bytes.with(middle, bytes[middle]! ^ 1));
      await expect(restored()).rejects.toThrow(`${path} differs from its checksum`);
      rmSync(path);
      await expect(restored()).rejects.toThrow(/is missing|not a backup|no finished snapshot/);
      writeFileSync(path, bytes);
    }
    await (await restored()).close();
  });

  it('copies again what was found damaged and removed', async () => {
    const bodies = await putThree('a');
    await takeBackup();
    const folder = join(target, 'blobs/packs');
    const piece = join(folder, readdirSync(folder)[0]!);
    const { size } = statSync(piece);
    rmSync(piece);
    expect((await takeBackup()).copiedBytes).toBe(size);
    // Cut off, it counts for nothing.
    truncateSync(piece, 10);
    expect((await takeBackup()).copiedBytes).toBe(size);
    const copy = await restored();
    for (const [key, bytes] of bodies) expect((await copy.read(key))?.equals(bytes)).toBe(true);
    await copy.close();
  });

  it('that broke off leaves a directory that no server takes, and can be done again', async () => {
    const bodies = await putThree('a');
    await takeBackup();
    const into = join(root, String(++places), 'restored');
    const stop = new AbortController();
    const broken = restoreDataDirectory({
      source: { directory: target },
      dataDir: into,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('pulled')),
    });
    await expect(broken).rejects.toThrow('pulled');
    await expect(prepareDataDirectory(into)).rejects.toThrow('not restored to the end');
    await restoreDataDirectory({ source: { directory: target }, dataDir: into, signal });
    await prepareDataDirectory(into);
    const copy = await openHouse(into);
    for (const [key, bytes] of bodies) expect((await copy.read(key))?.equals(bytes)).toBe(true);
    await copy.close();
  });

  it('doesn’t end well when another one began in the same directory meanwhile', async () => {
    await putThree('a');
    await takeBackup();
    const into = join(root, String(++places), 'restored');
    const restoreInto = (onProgress?: () => void) =>
      restoreDataDirectory({
        source: { directory: target },
        dataDir: into,
        signal,
        ...(onProgress && { onProgress }),
      });
    const overtaken = restoreInto(() => writeFileSync(join(into, 'restore-unfinished'), 'another'));
    await expect(overtaken).rejects.toThrow('Another restore');
    expect(existsSync(join(into, 'meta'))).toBe(false);
    await expect(prepareDataDirectory(into)).rejects.toThrow('not restored to the end');
    await restoreInto();
    await prepareDataDirectory(into);
  });

  it('brings the master key and root’s credentials along, for this user alone', async () => {
    writeFileSync(join(dataDir, 'master-key'), 'key\n');
    await takeBackup();
    const into = join(root, String(++places), 'restored');
    mkdirSync(into, { recursive: true, mode: 0o755 });
    await restoreDataDirectory({ source: { directory: target }, dataDir: into, signal });
    expect(readFileSync(join(into, 'master-key'), 'utf8')).toBe('key\n');
    for (const name of ['', 'master-key']) {
      expect(statSync(join(into, name)).mode & 0o077).toBe(0);
    }
    expect(existsSync(join(into, 'root-credentials.json'))).toBe(false);
  });

  it('leaves no keys of an earlier one that broke off', async () => {
    await takeBackup();
    const into = join(root, String(++places), 'restored');
    mkdirSync(into, { recursive: true });
    for (const name of [restoringMark, 'master-key', 'root-credentials.json']) {
      writeFileSync(join(into, name), 'of another');
    }
    await restoreDataDirectory({ source: { directory: target }, dataDir: into, signal });
    expect(readdirSync(into).sort()).toEqual(['blobs', 'meta']);
  });

  it.each(['settings/..', 'settings/../../other', 'settings/meta', '../../kist-backup.json'])(
    'refuses a manifest that names %s',
    async (name) => {
      const { snapshot } = await takeBackup();
      const place = openDirectoryPlace(target);
      // As from a bucket, where any name is one.
      const content = Buffer.from('planted');
      const hostile: Repository = {
        place: {
          ...place,
          get: async (at) => (at.endsWith(name) ? content : place.get(at, signal)),
        },
        crc32c: crc32cOf,
        signal,
      };
      const manifest = await getManifest(hostile, snapshot);
      const settings = [{ name, crc32c: crc32cOf(content) }];
      await putManifest(hostile, snapshot, { ...manifest, settings });
      const into = join(root, String(++places), 'restored');
      const restoring = restore({
        place: hostile.place,
        dataDir: into,
        format: manifest.format,
        crc32c: crc32cOf,
        openRecords: async () => ({ write: async () => {}, close: async () => {} }),
        settle: async () => {},
        signal,
      });
      await expect(restoring).rejects.toThrow(`names ${JSON.stringify(name)}`);
      expect(existsSync(into)).toBe(false);
      expect(existsSync(`${join(into, '..')}.new`)).toBe(false);
    },
  );
});
