/** Certificates in files: what a server starts with, and what becomes of it when the files change. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthority, type Issued } from '../../test/support/issue-certificate.ts';
import { createMetrics } from '../observe/metrics.ts';
import type { CertificatePlaces } from './certificate-files.ts';
import { measureCertificates } from './certificate-metrics.ts';
import { type Certificates, CertificatesError, openCertificates } from './certificates.ts';

const authority = createAuthority();
const dayMs = 86_400_000;

let base: string;
let now: number;
let lines: string[];
let opened: Certificates | undefined;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kist-certificates-'));
  now = Date.now();
  lines = [];
});
afterEach(() => {
  opened?.close();
  rmSync(base, { recursive: true });
});

const at = (...path: string[]) => join(base, ...path);

function store(issued: Issued, certificate: string, key: string): Issued {
  mkdirSync(join(at(certificate), '..'), { recursive: true });
  writeFileSync(at(certificate), issued.certificate);
  writeFileSync(at(key), issued.key, { mode: 0o600 });
  return issued;
}

async function open(places: CertificatePlaces, reloadMs = 1_000_000): Promise<Certificates> {
  const line =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  opened = await openCertificates({
    places,
    reloadMs,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    now: () => now,
    randomBytes,
  });
  return opened;
}

const first = { tlsCert: '', tlsKey: '' };
beforeEach(() => {
  first.tlsCert = at('server.crt');
  first.tlsKey = at('server.key');
});

async function problemsOf(places: CertificatePlaces): Promise<readonly string[]> {
  const error = await open(places).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CertificatesError);
  return (error as CertificatesError).problems;
}

const names = (certificates: Certificates) => certificates.current().pairs.map(({ name }) => name);

describe('at the start', () => {
  it('takes tlsCert first, then the directory by name, however its pairs are called', async () => {
    store(authority.issue(['first.example']), 'server.crt', 'server.key');
    store(authority.issue(['b.example']), 'certs/b.example.crt', 'certs/b.example.key');
    store(authority.issue(['a.example']), 'certs/a/fullchain.pem', 'certs/a/privkey.pem');
    store(authority.issue(['z.example']), 'certs/z/tls.crt', 'certs/z/tls.key');
    writeFileSync(at('certs', 'README'), 'certbot writes one');
    writeFileSync(at('certs', '.hidden.crt'), 'no certificate');
    const certificates = await open({ ...first, tlsCertificates: at('certs') });
    expect(names(certificates)).toEqual(['tlsCert', 'a', 'b.example', 'z']);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^info certificate in use .*"a".*"names":"a\.example".*"expires":"\d/);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'is missing',
      () => unlinkSync(first.tlsCert),
      /^tlsCert: .*server\.crt cannot be read: there is no such file\.$/,
    ],
    [
      'is a directory',
      () => {
        unlinkSync(first.tlsKey);
        mkdirSync(first.tlsKey);
      },
      /server\.key cannot be read: it is a directory/,
    ],
    [
      'is another one',
      () => writeFileSync(first.tlsKey, authority.issue(['x']).key),
      /^tlsCert: .*server\.crt with .*server\.key: the key does not belong/,
    ],
    [
      'has expired',
      () => {
        now += 91 * dayMs;
      },
      /expired on .*: renew it\.$/,
    ],
    [
      'is no certificate but large',
      () => writeFileSync(first.tlsCert, Buffer.alloc(2 ** 20 + 1)),
      /more than 1048576 bytes/,
    ],
  ])('refuses, by name, a file that %s', async (_, spoil, words) => {
    store(authority.issue(['first.example']), 'server.crt', 'server.key');
    spoil();
    const problems = await problemsOf(first);
    expect(problems).toEqual([expect.stringMatching(words)]);
  });

  it('tells all that is wrong in a directory at once', async () => {
    store(authority.issue(['a.example']), 'certs/good.crt', 'certs/good.key');
    store(authority.issue(['a.example']), 'certs/twice.crt', 'certs/twice.key');
    store(authority.issue(['a.example']), 'certs/twice/tls.crt', 'certs/twice/tls.key');
    writeFileSync(at('certs', 'alone.crt'), '');
    writeFileSync(at('certs', 'single.key'), '');
    writeFileSync(at('certs', 'other.pem'), '');
    writeFileSync(at('certs', 'bag.p12'), '');
    mkdirSync(at('certs', 'empty'));
    expect(await problemsOf({ tlsCertificates: at('certs') })).toEqual([
      expect.stringMatching(/^alone: .*alone\.crt has no alone\.key beside it/),
      expect.stringMatching(/^bag: .*bag\.p12: pairs are called NAME\.crt and NAME\.key/),
      expect.stringMatching(/^empty: .* holds neither fullchain\.pem/),
      expect.stringMatching(/^other: .*rename it/),
      expect.stringMatching(/^single: .*single\.key has no single\.crt/),
      expect.stringMatching(/^twice: .*has both/),
    ]);
  });

  it('refuses a directory that is empty or not there', async () => {
    expect(await problemsOf({ tlsCertificates: at('none') })).toEqual([
      expect.stringMatching(/^tlsCertificates: .*there is no such file/),
    ]);
    mkdirSync(at('certs'));
    expect(await problemsOf({ tlsCertificates: at('certs') })).toEqual([
      expect.stringMatching(/certs holds no certificates\.$/),
    ]);
  });

  it('warns of a key that everybody can read, and of no other', async () => {
    store(authority.issue(['first.example']), 'server.crt', 'server.key');
    chmodSync(first.tlsKey, 0o640);
    (await open(first)).close();
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    chmodSync(first.tlsKey, 0o644);
    await open(first);
    expect(lines.at(-1)).toMatch(/^warn every user of this machine can read the key.*"tlsCert"/);
  });
});

describe('later', () => {
  const current = (certificates: Certificates) =>
    certificates.current().pairs.map(({ certificate }) => certificate);

  it('a new pair is used, and whoever follows is told; the same one is not told', async () => {
    store(authority.issue(['first.example']), 'server.crt', 'server.key');
    const certificates = await open(first);
    const seen = vi.fn();
    certificates.onChange(seen);
    await certificates.look();
    expect(seen).not.toHaveBeenCalled();
    const next = store(authority.issue(['second.example']), 'server.crt', 'server.key');
    await certificates.look();
    expect(current(certificates)).toEqual([next.certificate]);
    expect(seen.mock.calls).toEqual([[certificates.current()]]);
    expect(lines.at(-1)).toContain('second.example');
  });

  it('files are read again by themselves', async () => {
    store(authority.issue(['first.example']), 'server.crt', 'server.key');
    const certificates = await open(first, 10);
    const next = store(authority.issue(['second.example']), 'server.crt', 'server.key');
    await expect.poll(() => current(certificates)).toEqual([next.certificate]);
  });

  it('a link that is replaced is followed, as Kubernetes replaces them', async () => {
    store(authority.issue(['a.example']), '1/tls.crt', '1/tls.key');
    const next = store(authority.issue(['a.example']), '2/tls.crt', '2/tls.key');
    symlinkSync('1', at('..data'));
    const certificates = await open({
      tlsCert: at('..data', 'tls.crt'),
      tlsKey: at('..data', 'tls.key'),
    });
    symlinkSync('2', at('..next'));
    renameSync(at('..next'), at('..data'));
    await certificates.look();
    expect(current(certificates)).toEqual([next.certificate]);
  });

  it('a pair that is broken is told once and leaves the one before in use, until it is whole', async () => {
    const before = store(authority.issue(['first.example']), 'server.crt', 'server.key');
    const certificates = await open(first);
    const next = authority.issue(['first.example']);
    writeFileSync(first.tlsCert, next.certificate);
    await certificates.look();
    await certificates.look();
    expect(current(certificates)).toEqual([before.certificate]);
    expect(certificates.current().problems).toEqual([
      { name: 'tlsCert', reason: expect.stringContaining('key does not belong') },
    ]);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(/^error certificate refused, the one before stays in use .*belong/),
    ]);
    writeFileSync(first.tlsKey, next.key);
    await certificates.look();
    expect(current(certificates)).toEqual([next.certificate]);
    expect(certificates.current().problems).toEqual([]);
  });

  it('one more in the directory is used, and one that is broken from the start is told', async () => {
    store(authority.issue(['a.example']), 'certs/a.crt', 'certs/a.key');
    const certificates = await open({ tlsCertificates: at('certs') });
    store(authority.issue(['b.example']), 'certs/b.crt', 'certs/b.key');
    writeFileSync(at('certs', 'c.crt'), '');
    await certificates.look();
    expect(names(certificates)).toEqual(['a', 'b']);
    expect(lines.at(-1)).toMatch(/^error certificate refused \{"name":"c"/);
  });

  it('one whose files are gone stays in use until it is to be forgotten', async () => {
    store(authority.issue(['a.example']), 'certs/a.crt', 'certs/a.key');
    store(authority.issue(['b.example']), 'certs/b.crt', 'certs/b.key');
    const certificates = await open({ tlsCertificates: at('certs') });
    rmSync(at('certs', 'a.crt'));
    rmSync(at('certs', 'a.key'));
    await certificates.look();
    expect(names(certificates)).toEqual(['a', 'b']);
    expect(lines.at(-1)).toMatch(/its files are gone; SIGHUP or a restart/);
    await certificates.look({ forget: true });
    expect(names(certificates)).toEqual(['b']);
  });

  it('nothing is forgotten that cannot be read just now, nor the last one', async () => {
    store(authority.issue(['a.example']), 'certs/a.crt', 'certs/a.key');
    const certificates = await open({ tlsCertificates: at('certs') });
    renameSync(at('certs'), at('elsewhere'));
    await certificates.look({ forget: true });
    expect(names(certificates)).toEqual(['a']);
    mkdirSync(at('certs'));
    await certificates.look({ forget: true });
    expect(names(certificates)).toEqual(['a']);
    expect(certificates.current().problems).toHaveLength(1);
  });

  it('a certificate that expires is warned of two weeks ahead, and when it has; it stays in use', async () => {
    const notAfter = new Date(now + 30 * dayMs);
    store(authority.issue(['a.example'], { notAfter }), 'server.crt', 'server.key');
    const certificates = await open(first);
    for (const days of [15, 17, 18, 31, 32]) {
      now = notAfter.getTime() + (days - 30) * dayMs;
      await certificates.look();
    }
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/^warn certificate expires soon .*"tlsCert"/),
      expect.stringMatching(/^warn certificate has expired /),
    ]);
    expect(names(certificates)).toEqual(['tlsCert']);
  });

  it('that of ACME is for everybody else where there is no tlsCert, and whoever renews it warns', async () => {
    const soon = authority.issue(['s3.example'], { notAfter: new Date(now + 5 * dayMs) });
    writeFileSync(at('acme.pem'), soon.key + soon.certificate, { mode: 0o600 });
    store(authority.issue(['a.example']), 'certs/a.crt', 'certs/a.key');
    const acmeCertificate = at('acme.pem');
    const certificates = await open({ tlsCertificates: at('certs'), acmeCertificate });
    expect(names(certificates)).toEqual(['acmeDomains', 'a']);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    now += 6 * dayMs;
    await certificates.look();
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn certificate has expired .*acmeDomains/),
    );

    certificates.close();
    store(authority.issue(['b.example']), 'server.crt', 'server.key');
    now -= 6 * dayMs;
    const all = await open({ ...first, tlsCertificates: at('certs'), acmeCertificate });
    expect(names(all)).toEqual(['tlsCert', 'acmeDomains', 'a']);
  });

  it('a certificate that expires soon is warned of at the start, which it does not stop', async () => {
    const notAfter = new Date(now + 3 * dayMs);
    store(authority.issue(['a.example'], { notAfter }), 'server.crt', 'server.key');
    await open(first);
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn certificate expires soon .*"tlsCert"/),
    );
  });

  it('ticket keys are others after half a day, and the same before', async () => {
    store(authority.issue(['a.example']), 'server.crt', 'server.key');
    const certificates = await open(first);
    const { ticketKeys } = certificates.current();
    expect(Buffer.from(ticketKeys, 'base64')).toHaveLength(48);
    now += dayMs / 2 - 1;
    await certificates.look();
    expect(certificates.current().ticketKeys).toBe(ticketKeys);
    now += 1;
    await certificates.look();
    expect(certificates.current().ticketKeys).not.toBe(ticketKeys);
  });

  it('monitors see when each expires, and how many are refused; one that is forgotten is gone', async () => {
    const notAfter = new Date(Math.floor(now / 1000) * 1000 + 30 * dayMs);
    store(authority.issue(['a.example'], { notAfter }), 'certs/a.crt', 'certs/a.key');
    store(authority.issue(['b.example'], { notAfter }), 'certs/b.crt', 'certs/b.key');
    const certificates = await open({ tlsCertificates: at('certs') });
    const metrics = createMetrics('test');
    measureCertificates(metrics, certificates);
    const values = (name: string) =>
      metrics
        .snapshot()
        .find((metric) => metric.name === name)
        ?.values.map(({ labels, value }) => [...Object.values(labels), value]);
    const expiry = 'kist_tls_certificate_expiry_timestamp_seconds';
    const seconds = notAfter.getTime() / 1000;
    expect(values(expiry)).toEqual([
      ['a', seconds],
      ['b', seconds],
    ]);
    expect(values('kist_tls_certificates_refused')).toEqual([[0]]);
    rmSync(at('certs', 'a.key'));
    await certificates.look();
    expect(values('kist_tls_certificates_refused')).toEqual([[1]]);
    rmSync(at('certs', 'a.crt'));
    await certificates.look({ forget: true });
    expect(values(expiry)).toEqual([['b', seconds]]);
    expect(values('kist_tls_certificates_refused')).toEqual([[0]]);
    metrics.close();
  });
});
