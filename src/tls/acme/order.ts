/**
 * One order of a certificate (RFC 8555) with acme-client: the one file that loads that package, which is installed
 * by those who want it only, and not before a certificate is due.
 */
import { generateKeyPairSync } from 'node:crypto';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import type { Authorization, Client } from 'acme-client';

/** Of each request to the authority. */
const requestTimeoutMs = 30_000;
const maxAnswerBytes = 1024 * 1024;
/** How often the authority is asked whether it is done, with pauses that double from the first to the second. */
const maxPolls = 40;
const firstPollMs = 500;
const lastPollMs = 10_000;

/** What to install; the version is package.json's. */
export const acmePackage = 'acme-client@5';

/** Where the authority looks for what proves a name. */
export interface Proof {
  readonly type: 'http-01' | 'dns-01';
  /** Shows it; what comes back takes it away. `host` is without `*.`. */
  show(host: string, token: string, value: string): Promise<() => Promise<void>>;
  /** What to look at when the authority does not find it. */
  advice(host: string): string;
}

export interface OrderOptions {
  readonly directoryUrl: string;
  readonly names: readonly string[];
  readonly email: string | undefined;
  /** PEM. Secret. */
  readonly accountKey: string;
  /** PEM; absent: the roots that Node trusts. */
  readonly ca: string | undefined;
  readonly proof: Proof;
}

/** What went wrong with an order, in words. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
  /** What the authority asked for; 0 if nothing. */
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

export function isAcmeInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('acme-client');
    return true;
  } catch {
    return false;
  }
}

/** PEM, PKCS #8, P-256: for accounts and certificates. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/**
 * The key and the chain after it, as PEM.
 *
 * @throws OrderError
 */
export async function orderCertificate(options: OrderOptions): Promise<string> {
  const acme = await load();
  const { axios } = acme;
  axios.defaults.httpsAgent = options.ca === undefined ? undefined : new Agent({ ca: options.ca });
  let retryAfterMs = 0;
  const listening = axios.interceptors.response.use((response) => {
    if (response.status === 429 || response.status === 503) {
      retryAfterMs = millisecondsOf(response.headers['retry-after']);
    }
    return response;
  });

  const step = async <T>(what: string, work: () => Promise<T>, advice = ''): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new OrderError(`${what}: ${wordsOf(cause)}${advice}`, retryAfterMs, { cause });
    }
  };
  try {
    const { directoryUrl, names, email } = options;
    const client = new acme.Client({
      directoryUrl,
      accountKey: options.accountKey,
      backoffAttempts: maxPolls,
      backoffMin: firstPollMs,
      backoffMax: lastPollMs,
    });
    const contact = email === undefined ? [] : [`mailto:${email}`];
    await step(`the account at ${directoryUrl}`, () =>
      client.createAccount({ termsOfServiceAgreed: true, contact }),
    );
    const identifiers = names.map((value) => ({ type: 'dns', value }));
    const order = await step(`the order at ${directoryUrl}`, () =>
      client.createOrder({ identifiers }),
    );
    const open = await step('the names to prove', () => client.getAuthorizations(order));
    // One after the other: a hook may hold one record of a name only.
    for (const each of open) {
      if (each.status === 'valid') continue;
      const host = each.identifier.value;
      const name = each.wildcard === true ? `*.${host}` : host;
      await step(
        `${name} is not proven by ${options.proof.type}`,
        () => prove(client, each, options.proof),
        `. ${options.proof.advice(host)}`,
      );
    }
    const key = newKey();
    return await step('the certificate', async () => {
      const [, request] = await acme.crypto.createCsr({ altNames: [...names] }, key);
      const chain = await client.getCertificate(await client.finalizeOrder(order, request));
      return `${key.trimEnd()}\n${chain}`;
    });
  } finally {
    axios.interceptors.response.eject(listening);
  }
}

/** What `interceptors` of axios hold; its types don't tell. */
interface Interceptors {
  readonly handlers: {
    readonly fulfilled: null;
    readonly rejected: (error: Error & { readonly response?: unknown }) => Promise<never>;
  }[];
}

let loaded: Promise<typeof import('acme-client')> | undefined;

/** The package, bounded; one for the process, as its HTTP client is. */
function load(): Promise<typeof import('acme-client')> {
  loaded ??= import('acme-client').then(({ default: acme }) => {
    const { defaults, interceptors } = acme.axios;
    // Its own repetitions would wait for as long as Retry-After says, within an order; ours are kept over restarts.
    Object.assign(defaults, {
      timeout: requestTimeoutMs,
      maxContentLength: maxAnswerBytes,
      acmeSettings: { retryMaxAttempts: 0 },
    });
    // Before its own, which stumbles over errors that have a request and no answer, and loses their words.
    (interceptors.response as unknown as Interceptors).handlers.unshift({
      fulfilled: null,
      rejected: (error) =>
        Promise.reject(error.response === undefined ? new Error(wordsOf(error)) : error),
    });
    return acme;
  });
  return loaded;
}

async function prove(client: Client, authorization: Authorization, proof: Proof): Promise<void> {
  const challenge = authorization.challenges.find(({ type }) => type === proof.type);
  if (challenge === undefined) {
    const offered = authorization.challenges.map(({ type }) => type).join(', ');
    throw new Error(`the authority offers ${offered} only`);
  }
  const value = await client.getChallengeKeyAuthorization(challenge);
  const takeAway = await proof.show(authorization.identifier.value, challenge.token, value);
  try {
    await client.completeChallenge(challenge);
    await client.waitForValidStatus(challenge);
  } finally {
    await takeAway();
  }
}

/** Of a Retry-After header (RFC 9110, section 10.2.3). */
function millisecondsOf(header: unknown): number {
  if (typeof header !== 'string') return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** Node's network errors for several addresses have a code and no words. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message === '' ? code : error.message;
}
