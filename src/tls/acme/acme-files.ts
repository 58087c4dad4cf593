/**
 * What ACME keeps in its directory, each file for its owner only and replaced whole: the account's key, the
 * certificate, and what was ordered when.
 *
 * The certificate's file holds the key first and the chain after it, so that no reader meets one of a pair without
 * the other.
 */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { noOrders, type OrderHistory } from './schedule.ts';

const maxFileBytes = 1024 * 1024;

export interface AcmeFiles {
  /** A path. */
  readonly certificate: string;
  readCertificate(): Promise<string | undefined>;
  /** @param pem the key, and the chain after it */
  writeCertificate(pem: string): Promise<void>;
  /** PEM. Secret. */
  readAccountKey(): Promise<string | undefined>;
  writeAccountKey(pem: string): Promise<void>;
  /** None for another authority or other names than those of the last order. */
  readHistory(of: OrderedOf): Promise<OrderHistory | undefined>;
  writeHistory(of: OrderedOf, history: OrderHistory): Promise<void>;
}

export interface OrderedOf {
  readonly directoryUrl: string;
  readonly names: readonly string[];
}

/** A file that is not what was written there. */
export class AcmeFileError extends Error {
  override readonly name = 'AcmeFileError';
}

export function acmeFiles(directory: string): AcmeFiles {
  const certificate = join(directory, 'certificate.pem');
  const accountKey = join(directory, 'account-key.pem');
  const orders = join(directory, 'orders.json');
  return {
    certificate,
    readCertificate: () => readIfThere(certificate),
    writeCertificate: (pem) => replace(certificate, pem),
    async readAccountKey() {
      const pem = await readIfThere(accountKey);
      if (pem !== undefined && !isKey(pem)) {
        throw new AcmeFileError(
          `${accountKey} is not a key. Remove it; the authority then gets a new account`,
        );
      }
      return pem;
    },
    writeAccountKey: (pem) => replace(accountKey, pem),
    async readHistory(of) {
      const text = await readIfThere(orders);
      if (text === undefined) return undefined;
      const { history, ...written } = parse(orders, text);
      return idOf(written) === idOf(of) ? history : undefined;
    },
    writeHistory: ({ directoryUrl, names }, history) =>
      replace(orders, `${JSON.stringify({ directoryUrl, names, history })}\n`),
  };
}

function isKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

const idOf = ({ directoryUrl, names }: OrderedOf): string =>
  JSON.stringify([directoryUrl, [...names].sort()]);

function parse(path: string, text: string): OrderedOf & { readonly history: OrderHistory } {
  const refused = (cause?: unknown) =>
    new AcmeFileError(
      `${path} is not what the server wrote there. Remove it; how often a certificate was ordered is then forgotten`,
      { cause },
    );
  let read: Partial<OrderedOf & { readonly history: Partial<OrderHistory> }> | null;
  try {
    read = JSON.parse(text) as typeof read;
  } catch (cause) {
    throw refused(cause);
  }
  const { directoryUrl, names, history } = read ?? {};
  const { issuedAt, failedAt, failures, retryAt } = { ...history };
  const areTimes = (times: unknown): times is readonly number[] =>
    Array.isArray(times) && times.every((time) => Number.isFinite(time));
  const isWhole =
    typeof directoryUrl === 'string' &&
    Array.isArray(names) &&
    areTimes(issuedAt) &&
    areTimes(failedAt) &&
    areTimes([failures, retryAt]);
  if (!isWhole) throw refused();
  return { directoryUrl, names, history: { ...noOrders, ...history } };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > maxFileBytes) {
      throw new AcmeFileError(`${path} has more than ${maxFileBytes} bytes`);
    }
    return text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The old content or the new, also after a power cut. */
async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
