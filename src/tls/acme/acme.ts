/**
 * The certificate that a server gets by itself: stored, ordered when it is due, and handed to those who serve with
 * it as any other file is that has changed.
 *
 * Whatever fails takes nothing away: the certificate that is in use stays so, and the next attempt comes after a
 * pause (schedule.ts). What was ordered when is written down before the next order, so that neither restarts nor
 * crashes make more of them.
 */
import { X509Certificate } from 'node:crypto';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { CertificateError, readCertificatePair } from '../certificate.ts';
import { acmePairName as pairName } from '../certificate-files.ts';
import type { AcmeFiles, OrderedOf } from './acme-files.ts';
import { createDnsHook, type DnsHook, type DnsHookOptions } from './dns-hook.ts';
import { newKey, OrderError, type OrderOptions, orderCertificate, type Proof } from './order.ts';
import { placeholderCertificate } from './placeholder.ts';
import {
  type Lifetime,
  nextOrderAt,
  noOrders,
  type OrderHistory,
  withFailure,
  withIssued,
} from './schedule.ts';

/** A clock that is set, or a machine that slept, is noticed after this. */
const maxSleepMs = 3_600_000;
/** Between two attempts, whatever the schedule says. */
const minSleepMs = 1_000;

export interface AcmeOptions extends OrderedOf {
  readonly files: AcmeFiles;
  readonly email: string | undefined;
  /** PEM. */
  readonly ca: string | undefined;
  /** Names are proven by dns-01; absent: by http-01. */
  readonly hook?: Pick<DnsHookOptions, 'program' | 'timeoutMs' | 'env'> | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** For tests. */
  readonly order?: (options: OrderOptions) => Promise<string>;
}

export interface Acme {
  /** The path of a file with the key and the chain; there from the start. */
  readonly certificateFile: string;
  /** What the authority is answered over HTTP, by token. */
  readonly answer: (token: string) => string | undefined;
  /** Orders from now on; `installed` is told of each new certificate. */
  start(installed: () => Promise<void>): void;
  /** An order that waits because others failed is tried now, within the limits. */
  hurry(): void;
  close(): void;
}

/** What is stored: a certificate to renew, one to replace at once, or none that is fit to be served. */
type Stored =
  | { readonly kind: 'held'; readonly lifetime: Lifetime }
  | { readonly kind: 'other' | 'placeholder' | 'none' };

/** @throws AcmeFileError if what is stored is not readable */
export async function openAcme(options: AcmeOptions): Promise<Acme> {
  const { files, log, now, names } = options;
  const answers = new Map<string, string>();
  const hook = options.hook && createDnsHook({ ...options.hook, log });
  const proof = hook === undefined ? httpProof(answers) : dnsProof(hook, log);
  // Once, so that what is wrong with it stops the start.
  await files.readAccountKey();
  let history = (await files.readHistory(options)) ?? noOrders;
  let stored = storedOf(await files.readCertificate(), options);
  if (stored.kind === 'none') {
    await files.writeCertificate(placeholderCertificate(names, now()));
    stored = { kind: 'placeholder' };
  }
  if (stored.kind === 'placeholder') {
    log.warn('no certificate yet: clients are shown one that signs itself until one is issued', {
      names: names.join(', '),
    });
  }

  let installed = async (): Promise<void> => {};
  let timer: NodeJS.Timeout | undefined;
  let jitter = options.random();
  let started = false;
  let ordering = false;
  let hurried = false;
  let closed = false;

  const held = () => (stored.kind === 'held' ? stored.lifetime : undefined);
  const due = () => nextOrderAt(history, held(), jitter, hurried);

  function tellPause(hint: string): void {
    if (history.failures === 0 || due() <= now()) return;
    log.warn(`acme: the next order waits, as others failed; ${hint}`, {
      failures: history.failures,
      nextAttempt: new Date(due()).toISOString(),
    });
  }

  function wait(): void {
    if (closed) return;
    const leftMs = due() - now();
    timer = setTimeout(wake, Math.min(maxSleepMs, Math.max(minSleepMs, leftMs)));
    timer.unref();
  }

  function wake(): void {
    if (now() < due()) wait();
    else void attempt().finally(wait);
  }

  async function keep(next: OrderHistory): Promise<void> {
    history = next;
    await files
      .writeHistory(options, next)
      .catch((error: unknown) => log.error('acme: what was ordered cannot be stored', { error }));
  }

  async function attempt(): Promise<void> {
    ordering = true;
    hurried = false;
    try {
      log.info('acme: ordering a certificate', {
        names: names.join(', '),
        directory: options.directoryUrl,
      });
      // Before the order: a directory that cannot be written to costs none.
      await files.writeHistory(options, history);
      const pem = await (options.order ?? orderCertificate)({
        ...options,
        proof,
        accountKey: await accountKey(files),
      });
      if (closed) return;
      await take(pem);
      options.metrics.counter('acmeOrders', 'issued').add();
    } catch (error) {
      if (closed) return;
      const retryAfterMs = error instanceof OrderError ? error.retryAfterMs : 0;
      options.metrics.counter('acmeOrders', 'failed').add();
      await keep(withFailure(history, now(), retryAfterMs));
      const reason = error instanceof Error ? error.message : String(error);
      log.error('acme: no certificate, the one before stays in use', {
        reason,
        failures: history.failures,
        nextAttempt: new Date(due()).toISOString(),
      });
    } finally {
      ordering = false;
    }
  }

  async function take(pem: string): Promise<void> {
    await keep(withIssued(history, now()));
    const lifetime = usable(pem, options);
    await files.writeCertificate(`${orderedFrom(options)}${pem}`);
    stored = { kind: 'held', lifetime };
    jitter = options.random();
    await installed();
    log.info('acme: certificate issued', {
      names: names.join(', '),
      expires: new Date(lifetime.expiresAt).toISOString(),
      renewal: new Date(due()).toISOString(),
    });
  }

  return {
    certificateFile: files.certificate,
    answer: (token) => answers.get(token),
    start(then) {
      installed = then;
      started = true;
      tellPause('SIGHUP has it tried now');
      wake();
    },
    hurry() {
      if (ordering || closed) return;
      hurried = true;
      if (!started) return;
      clearTimeout(timer);
      tellPause('its limits hold for SIGHUP, too');
      wake();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      hook?.close();
    },
  };
}

async function accountKey(files: AcmeFiles): Promise<string> {
  const stored = await files.readAccountKey();
  if (stored !== undefined) return stored;
  const made = newKey();
  await files.writeAccountKey(made);
  return made;
}

/** Before the PEM, where readers pass it over: what another authority issued is not renewed, but replaced. */
const orderedFrom = ({ directoryUrl }: Pick<OrderedOf, 'directoryUrl'>): string =>
  `Ordered from ${directoryUrl}\n`;

function storedOf(
  pem: string | undefined,
  options: OrderedOf & Pick<AcmeOptions, 'now' | 'log'>,
): Stored {
  if (pem === undefined) return { kind: 'none' };
  try {
    readCertificatePair({ name: pairName, certificate: pem, key: pem }, options.now());
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    options.log.warn('acme: the stored certificate is not used', { reason: error.message });
    return { kind: 'none' };
  }
  const { x509, names } = read(pem, options.now());
  const isSame = [...names].sort().join() === [...options.names].sort().join();
  if (x509.subject === x509.issuer) return { kind: isSame ? 'placeholder' : 'none' };
  if (!isSame || !pem.startsWith(orderedFrom(options))) return { kind: 'other' };
  return { kind: 'held', lifetime: lifetimeOf(x509) };
}

/** @throws CertificateError for what an authority should not have issued */
function usable(pem: string, options: Pick<AcmeOptions, 'names' | 'now'>): Lifetime {
  const { x509, names } = read(pem, options.now());
  const missing = options.names.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new CertificateError(`the certificate that was issued is not for ${missing}`);
  }
  return lifetimeOf(x509);
}

function read(pem: string, now: number) {
  const { names } = readCertificatePair({ name: pairName, certificate: pem, key: pem }, now);
  return { names, x509: new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))) };
}

function lifetimeOf({ validFrom, validTo }: X509Certificate): Lifetime {
  return { validFrom: Date.parse(validFrom), expiresAt: Date.parse(validTo) };
}

function httpProof(answers: Map<string, string>): Proof {
  return {
    type: 'http-01',
    async show(_, token, value) {
      answers.set(token, value);
      return async () => void answers.delete(token);
    },
    advice: (host) =>
      `Port 80 of ${host} must lead to httpRedirectPort of this server, from the internet if the authority is there`,
  };
}

function dnsProof(hook: DnsHook, log: Log): Proof {
  return {
    type: 'dns-01',
    async show(host, _, value) {
      const record = `_acme-challenge.${host}`;
      const takeAway = () =>
        hook.call('unset', record, value).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          log.warn('acme: a record stays', { record, reason });
        });
      try {
        await hook.call('set', record, value);
      } catch (error) {
        await takeAway();
        throw error;
      }
      return takeAway;
    },
    advice: (host) =>
      `acmeDnsHook must end only once _acme-challenge.${host} can be asked for at every name server of the zone`,
  };
}
