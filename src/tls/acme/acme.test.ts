/** What a server that orders certificates has stored, and does about it; with a real authority: test/tls/acme.test.ts. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthority, type IssueOptions } from '../../../test/support/issue-certificate.ts';
import { createLog } from '../../observe/log.ts';
import { createMetrics } from '../../observe/metrics.ts';
import { readCertificatePair } from '../certificate.ts';
import { type Acme, type AcmeOptions, openAcme } from './acme.ts';
import { acmeFiles } from './acme-files.ts';
import { createDnsHook } from './dns-hook.ts';
import { OrderError } from './order.ts';
import { firstPauseMs, maxFailuresPerHour } from './schedule.ts';

const dayMs = 86_400_000;
const authority = createAuthority();
const directoryUrl = 'https://acme.example/directory';
const names = ['s3.example.com', '*.s3.example.com'];

let directory: string;
let now: number;
let orders: number;
let failWith: Error | undefined;
let opened: Acme | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-acme-'));
  now = Date.now();
  orders = 0;
  failWith = undefined;
  vi.useFakeTimers();
});
afterEach(() => {
  opened?.close();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);
const log = createLog({ level: 'silent', format: 'text' });

function issue(of: readonly string[] = names, options: IssueOptions = {}): string {
  const { certificate, key } = authority.issue(of, options);
  return `${key}${certificate}`;
}

async function open(more: Partial<AcmeOptions> = {}): Promise<Acme> {
  opened?.close();
  opened = await openAcme({
    directoryUrl,
    names,
    email: undefined,
    ca: undefined,
    files: acmeFiles(directory),
    log,
    metrics: createMetrics('test'),
    now: () => now,
    random: () => 0,
    order: async () => {
      orders++;
      if (failWith !== undefined) throw failWith;
      return issue(names, {
        notBefore: new Date(now - 1000),
        notAfter: new Date(now + 90 * dayMs),
      });
    },
    ...more,
  });
  return opened;
}

/** Until `count` orders were made and are written down. */
async function ordered(count: number): Promise<void> {
  await vi.waitFor(() => {
    expect(orders).toBe(count);
    const { history } = JSON.parse(readFileSync(at('orders.json'), 'utf8'));
    expect(history.issuedAt.length + history.failedAt.length).toBe(count);
  });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
}

const stored = () => readFileSync(at('certificate.pem'), 'utf8');
const isSelfSigned = () => {
  const { issuer, subject } = new X509Certificate(stored().slice(stored().indexOf('-----BEGIN C')));
  return issuer === subject;
};

describe('a server that orders certificates', () => {
  it('has one that signs itself until the first is issued, for the same names', async () => {
    const acme = await open();
    const pair = readCertificatePair({ name: 'a', certificate: stored(), key: stored() }, now);
    expect(pair.names).toEqual(names);
    expect(isSelfSigned()).toBe(true);
    expect(() => createSecureContext({ cert: stored(), key: stored() })).not.toThrow();
    const installed = vi.fn(async () => expect(isSelfSigned()).toBe(false));
    acme.start(installed);
    await vi.waitFor(() => expect(installed).toHaveBeenCalledTimes(1));
    await ordered(1);
  });

  it('orders none while the stored one is young, and one when a third of its time is left', async () => {
    const acme = await open();
    acme.start(async () => {});
    await ordered(1);
    const before = stored();
    const again = await open();
    again.start(async () => {});
    again.hurry();
    await vi.advanceTimersByTimeAsync(5 * 3_600_000);
    expect([orders, stored()]).toEqual([1, before]);
    now += 61 * dayMs;
    await vi.advanceTimersByTimeAsync(3_600_000);
    await ordered(2);
    expect(stored()).not.toBe(before);
  });

  it('orders at once for other names, or of another authority, and serves the one before meanwhile', async () => {
    const acme = await open();
    acme.start(async () => {});
    await ordered(1);
    const before = stored();
    for (const [i, other] of [
      { directoryUrl: 'https://other.example/directory' },
      { names: [names[0]!] },
    ].entries()) {
      failWith = new Error('later');
      const changed = await open(other);
      expect(stored()).toBe(before);
      changed.start(async () => {});
      await vi.waitFor(() => expect(orders).toBe(2 + 2 * i));
      await vi.waitFor(() =>
        expect(readFileSync(at('orders.json'), 'utf8')).toContain('"failures":1'),
      );
      // Nor does a restart take it for what is wanted.
      const again = await open(other);
      again.hurry();
      again.start(async () => {});
      await vi.waitFor(() => expect(orders).toBe(3 + 2 * i));
    }
  });

  it.each([
    ['has expired', () => issue(names, { notAfter: new Date(Date.now() - 1000) })],
    ['is torn', () => issue().slice(0, 300)],
  ])('has another placeholder where the stored one %s', async (_, pem) => {
    writeFileSync(at('certificate.pem'), pem());
    await open();
    expect(isSelfSigned()).toBe(true);
  });

  it('keeps what it has when an order fails, and waits, also after a restart', async () => {
    const acme = await open();
    const before = stored();
    failWith = new OrderError('no', 0);
    acme.start(async () => {});
    await ordered(1);
    expect(stored()).toBe(before);
    const again = await open();
    again.start(async () => {});
    await vi.advanceTimersByTimeAsync(firstPauseMs / 2);
    expect(orders).toBe(1);
    now += firstPauseMs;
    await vi.advanceTimersByTimeAsync(firstPauseMs);
    await ordered(2);
  });

  it('tries at once for who has mended what was wrong, until an hour has had its failures', async () => {
    const acme = await open();
    failWith = new OrderError('no', 0);
    acme.start(async () => {});
    await ordered(1);
    for (let i = 2; i <= maxFailuresPerHour; i++) {
      acme.hurry();
      await ordered(i);
    }
    acme.hurry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(orders).toBe(maxFailuresPerHour);
  });

  it('takes no certificate that is for other names than it asked for', async () => {
    const acme = await open({
      order: async () => {
        orders++;
        return issue(['s3.example.com']);
      },
    });
    const before = stored();
    const installed = vi.fn(async () => {});
    acme.start(installed);
    await vi.waitFor(() =>
      expect(readFileSync(at('orders.json'), 'utf8')).toContain('"failures":1'),
    );
    expect(installed).not.toHaveBeenCalled();
    expect(stored()).toBe(before);
  });

  it('refuses an account key that is none, and says nothing of it', async () => {
    writeFileSync(at('account-key.pem'), 'something else');
    const error = await open().catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/account-key\.pem is not a key\. Remove it/);
    expect(String(error)).not.toContain('something else');
  });

  it('refuses a record of orders that is not its own writing', async () => {
    writeFileSync(at('orders.json'), '{"names": 7}');
    await expect(open()).rejects.toThrow(/orders\.json is not what the server wrote/);
  });

  it('keeps every file for its owner', async () => {
    const acme = await open();
    acme.start(async () => {});
    await ordered(1);
    for (const name of ['account-key.pem', 'certificate.pem', 'orders.json']) {
      expect([name, statSync(at(name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });
});

function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  // A process that has ended stays known until it is reaped.
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('the hook for DNS', () => {
  const hook = (text: string, timeoutMs = 10_000) => {
    vi.useRealTimers();
    writeFileSync(at('hook'), `#!/bin/sh\n${text}\n`);
    chmodSync(at('hook'), 0o700);
    const env = { ...process.env, KIST_MASTER_KEY: 'secret' };
    return createDnsHook({ program: at('hook'), timeoutMs, env, log });
  };

  it('gets action, name and value, and nothing of the settings', async () => {
    const made = hook(`echo "$@" "\${KIST_MASTER_KEY-none}" > ${at('called')}`);
    await made.call('set', '_acme-challenge.a.example', 'value');
    expect(readFileSync(at('called'), 'utf8')).toBe('set _acme-challenge.a.example value none\n');
  });

  it('is killed with what it started when it is late', async () => {
    const made = hook(`sleep 600 & echo $! > ${at('pid')}; wait`, 2_000);
    await expect(made.call('set', 'a', 'b')).rejects.toThrow('did not end within 2000 ms');
    const pid = Number(readFileSync(at('pid'), 'utf8'));
    // Its parent is gone, too: whoever reaps it may take a moment.
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);
  });

  it('is killed when the server stops, and not called after that', async () => {
    const made = hook(`echo > ${at('called')}; sleep 600`, 60_000);
    const call = made.call('set', 'a', 'b');
    await vi.waitFor(() => readFileSync(at('called')), 10_000);
    made.close();
    await expect(call).rejects.toThrow('it ended with SIGKILL');
    await expect(made.call('unset', 'a', 'b')).rejects.toThrow('the server is stopping');
  });

  it('fails in words', async () => {
    await expect(hook('exit 3').call('unset', 'a', 'b')).rejects.toThrow(
      /acmeDnsHook .*hook unset a: it ended with exit code 3/,
    );
    const gone = createDnsHook({ program: at('gone'), timeoutMs: 1_000, env: {}, log });
    await expect(gone.call('set', 'a', 'b')).rejects.toThrow('there is no such program');
  });
});
