/** A data directory has one server at a time, whatever became of the last one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  claimDataDirectory,
  DataDirectoryInUseError,
  joinDataDirectory,
  prepareDataDirectory,
} from './data-directory.ts';

let base: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kist-dir-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(base, { recursive: true });
});

/** Runs code in another process and resolves with its first line of output. */
async function elsewhere(code: string): Promise<{ child: ChildProcess; line: string }> {
  const module = new URL('./data-directory.ts', import.meta.url).href;
  const script = `import * as d from '${module}'; ${code}; setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, line: line.toString().trim() };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const claimElsewhere = (directory: string) =>
  elsewhere(`console.log((await d.claimDataDirectory('${directory}')).name)`);

describe('prepareDataDirectory', () => {
  it('makes the directory, for its owner only', async () => {
    const made = await prepareDataDirectory(join(base, 'a/b'));
    expect(made).toBe(join(base, 'a/b'));
    expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('closes a directory that others could read', async () => {
    chmodSync(base, 0o755);
    await prepareDataDirectory(base);
    expect(statSync(base).mode & 0o777).toBe(0o700);
  });

  it('says what stands in the way', async () => {
    writeFileSync(join(base, 'file'), '');
    await expect(prepareDataDirectory(join(base, 'file'))).rejects.toThrow(
      /data directory .*file cannot be used: it, or a part of its path, is not a directory/,
    );
  });
});

describe('claimDataDirectory', () => {
  it('refuses a second server by name, in this process or another', async () => {
    const claim = await claimDataDirectory(base);
    await expect(claimDataDirectory(base)).rejects.toThrow(
      `is in use by another Kist server (process ${process.pid})`,
    );
    await claim.release();
    const { child } = await claimElsewhere(base);
    await expect(claimDataDirectory(base)).rejects.toThrow(DataDirectoryInUseError);
    await expect(claimDataDirectory(base)).rejects.toThrow(`process ${child.pid}`);
  });

  it('takes over at once from a server that was killed, and clears its socket away', async () => {
    const { child } = await claimElsewhere(base);
    await killed(child);
    expect(readdirSync(join(base, 'lock'))).toHaveLength(1);
    const claim = await claimDataDirectory(base);
    expect(readdirSync(join(base, 'lock'))).toEqual([claim.name]);
    await claim.release();
    expect(readdirSync(join(base, 'lock'))).toEqual([]);
  });

  it('counts a server that is stopped, not dead, as alive', async () => {
    const { child } = await claimElsewhere(base);
    child.kill('SIGSTOP');
    await expect(claimDataDirectory(base)).rejects.toThrow(DataDirectoryInUseError);
  });

  it('has one winner among many that start together', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => claimDataDirectory(base)),
    );
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0]!.value.release();
  });

  it('works where the path is longer than a socket address', async () => {
    const long = await prepareDataDirectory(join(base, 'x'.repeat(120)));
    const claim = await claimDataDirectory(long);
    await expect(claimDataDirectory(long)).rejects.toThrow(DataDirectoryInUseError);
    await claim.release();
    await (await claimDataDirectory(long)).release();
  });
});

describe('joinDataDirectory', () => {
  it('makes a new server wait for the workers of one that was killed', async () => {
    const { child: server, line: name } = await claimElsewhere(base);
    const { child: worker } = await elsewhere(
      `await d.joinDataDirectory('${base}', '${name}'); console.log('joined')`,
    );
    await killed(server);
    let workerKilled = false;
    const claimed = claimDataDirectory(base).then((claim) => {
      expect(workerKilled).toBe(true);
      return claim;
    });
    await vi.waitFor(() => {
      // The new server has announced itself, so that it sees the worker from now on.
      const servers = readdirSync(join(base, 'lock')).filter((entry) => entry.startsWith('server'));
      expect(servers.some((entry) => entry !== name)).toBe(true);
    });
    workerKilled = true;
    worker.kill('SIGKILL');
    await (await claimed).release();
  });

  it('refuses a worker whose server is gone', async () => {
    const { child, line: name } = await claimElsewhere(base);
    await killed(child);
    await expect(joinDataDirectory(base, name)).rejects.toThrow('is gone');
    const claim = await claimDataDirectory(base);
    await expect(joinDataDirectory(base, name)).rejects.toThrow('is gone');
    await (await joinDataDirectory(base, claim.name)).release();
    await claim.release();
  });
});
