/**
 * One certificate with its key, as PEM (RFC 7468): read, and held against each other before anything is served
 * with them.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CertificatePair } from './tls-source.ts';

/** What is wrong with a pair, and what to do about it; says nothing of the key's content. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

export interface PemPair {
  readonly name: string;
  /** PEM: the server's certificate, and after it those that lead to a root that clients know. */
  readonly certificate: string;
  readonly key: string;
}

const certificateBlocks = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * @param now milliseconds since the epoch
 * @throws CertificateError
 */
export function readCertificatePair(pem: PemPair, now: number): CertificatePair {
  const [own, ...chain] = readChain(pem.certificate);
  const key = readKey(pem.key);
  if (!own!.checkPrivateKey(key)) {
    const isLater = chain.some((each) => each.checkPrivateKey(key));
    throw new CertificateError(
      isLater
        ? "the server's own certificate must come first in the file, before those that issued it"
        : 'the key does not belong to the certificate: take both from the same issuance',
    );
  }
  const validFrom = Date.parse(own!.validFrom);
  const expiresAt = Date.parse(own!.validTo);
  if (expiresAt <= now) {
    throw new CertificateError(`the certificate expired on ${day(expiresAt)}: renew it`);
  }
  if (validFrom > now) {
    throw new CertificateError(
      `the certificate is not valid before ${day(validFrom)}: is the clock of this machine right?`,
    );
  }
  try {
    createSecureContext({ cert: pem.certificate, key: pem.key });
  } catch (cause) {
    // OpenSSL's own words: "ee key too small", "ca md too weak".
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new CertificateError(`OpenSSL refuses the certificate or its key: ${words}`, { cause });
  }
  const { certificate, key: keyPem, name } = pem;
  return { name, names: dnsNames(own!.subjectAltName), certificate, key: keyPem, expiresAt };
}

function readChain(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(certificateBlocks) ?? [];
  if (blocks.length === 0) {
    throw new CertificateError(
      'the certificate is not PEM: it must hold "-----BEGIN CERTIFICATE-----"',
    );
  }
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new CertificateError(`certificate ${i + 1} of the file cannot be read`, { cause });
    }
  });
}

function readKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new CertificateError(
      'the key is encrypted with a passphrase, which is not supported: store it without one ("openssl pkey -in KEY -out KEY"), readable for its owner only',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    // Without the cause, which may quote what it read.
    throw new CertificateError(
      'the key cannot be read: it must be PEM and hold "-----BEGIN PRIVATE KEY-----"',
    );
  }
}

/** `DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1`: the names that clients can ask for. */
function dnsNames(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((entry) => /^DNS:(\*\.)?[\w.-]+$/.test(entry))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
