/** Certificates and keys are held against each other before anything is served with them. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../test/support/issue-certificate.ts';
import { readCertificatePair } from './certificate.ts';

const authority = createAuthority();
const dayMs = 86_400_000;
const now = Date.now();
const read = (certificate: string, key: string) =>
  readCertificatePair({ name: 'a', certificate, key }, now);

describe('a pair', () => {
  it('tells the names that clients can ask for, in lower case, and when it expires', () => {
    const notAfter = new Date(Math.floor(now / 1000) * 1000 + 5 * dayMs);
    const names = ['S3.Example.com', '*.s3.example.com', '127.0.0.1'];
    const { certificate, key } = authority.issue(names, { notAfter });
    expect(read(certificate, key)).toEqual({
      name: 'a',
      names: ['s3.example.com', '*.s3.example.com'],
      certificate,
      key,
      expiresAt: notAfter.getTime(),
    });
  });

  it('may have those that issued it after it', () => {
    const intermediate = authority.intermediate('Intermediate');
    const { certificate, key } = intermediate.issue(['a.example']);
    const chain = certificate + intermediate.certificate;
    expect(read(chain, key)).toMatchObject({ names: ['a.example'], certificate: chain });
  });
});

const good = authority.issue(['a.example']);
const other = authority.issue(['a.example']);
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
}).privateKey;
const expired = authority.issue(['a.example'], { notAfter: new Date(now - dayMs) });
const later = authority.issue(['a.example'], { notBefore: new Date(now + dayMs) });

it.each([
  ['the key of another one', good.certificate, other.key, /key does not belong/],
  [
    'those that issued it before it',
    authority.certificate + good.certificate,
    good.key,
    /own certificate must come first/,
  ],
  ['a time that is over', expired.certificate, expired.key, /expired on \d{4}-\d\d-\d\d: renew/],
  ['a time that has not come', later.certificate, later.key, /not valid before .* clock/],
  ['a key with a passphrase', good.certificate, encrypted, /passphrase.*openssl pkey/],
  ['no key', good.certificate, 'nothing', /key cannot be read/],
  ['a key that is cut', good.certificate, good.key.slice(0, 100), /key cannot be read/],
  ['no certificate', good.key, good.key, /not PEM/],
  [
    'a certificate that is spoilt',
    good.certificate.replaceAll(/[a-z]/g, 'A'),
    good.key,
    /not PEM|certificate 1 of the file cannot be read/,
  ],
  [
    'a spoilt one among those that issued it',
    `${good.certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    good.key,
    /certificate 2 of the file cannot be read/,
  ],
])('is refused with %s, in words', (_, certificate, key, words) => {
  expect(() => read(certificate, key)).toThrow(words);
});

it('says nothing of the key', () => {
  const secret = good.key.split('\n')[1]!;
  for (const key of [good.key, good.key.slice(0, -40), `x${good.key}`]) {
    try {
      read(other.certificate, key);
    } catch (error) {
      expect(String((error as Error).stack) + String((error as Error).cause)).not.toContain(secret);
    }
  }
});
