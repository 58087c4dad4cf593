/**
 * Certificates for tests: an authority of our own and what it issues, for any names and any time, without a program
 * beside Node. X.509 (RFC 5280) as DER (X.690), as much of it as OpenSSL, Python and Go want to see.
 */
import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';

export interface Issued {
  /** PEM: the certificate itself. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(names: readonly string[], options?: IssueOptions): Issued;
  /** An authority below this one. */
  intermediate(commonName: string): Authority;
}

export interface IssueOptions {
  /** A day ago if left out. */
  readonly notBefore?: Date;
  /** In 90 days if left out. */
  readonly notAfter?: Date;
}

const dayMs = 86_400_000;

export function createAuthority(commonName = 'Kist tests'): Authority {
  const keys = newKeys();
  const certificate = certificateOf({
    subject: commonName,
    subjectKey: keys.publicKey,
    issuer: commonName,
    issuerKeys: keys,
    isAuthority: true,
  });
  return authorityOf(commonName, keys, certificate);
}

function authorityOf(issuer: string, issuerKeys: KeyPair, certificate: string): Authority {
  const below = (subject: string, subjectKey: KeyObject, more: Partial<Subject>) =>
    certificateOf({ subject, subjectKey, issuer, issuerKeys, ...more });
  return {
    certificate,
    issue(names, options = {}) {
      const { publicKey, privateKey } = newKeys();
      return {
        certificate: below(names[0] ?? 'nobody', publicKey, { names, ...options }),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
    intermediate(commonName) {
      const keys = newKeys();
      return authorityOf(
        commonName,
        keys,
        below(commonName, keys.publicKey, { isAuthority: true }),
      );
    },
  };
}

/** SHA-256 as the peer's certificate shows it: `AB:CD:...`. */
export function fingerprintOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newKeys = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Subject extends IssueOptions {
  readonly subject: string;
  readonly subjectKey: KeyObject;
  readonly issuer: string;
  readonly issuerKeys: KeyPair;
  readonly names?: readonly string[];
  readonly isAuthority?: boolean;
}

function certificateOf(given: Subject): string {
  const { notBefore = new Date(Date.now() - dayMs) } = given;
  const { notAfter = new Date(Date.now() + 90 * dayMs) } = given;
  const spki = given.subjectKey.export({ type: 'spki', format: 'der' });
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256(),
    nameOf(given.issuer),
    sequence(timeOf(notBefore), timeOf(notAfter)),
    nameOf(given.subject),
    spki,
    tagged(0xa3, sequence(...extensionsOf(given, keyId(given.subjectKey)))),
  );
  const signature = createSign('sha256').update(body).sign(given.issuerKeys.privateKey);
  const der = sequence(body, ecdsaWithSha256(), bitString(signature));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf(given: Subject, ownId: Buffer): readonly Buffer[] {
  const { names = [], isAuthority = false } = given;
  const issuerId = keyId(given.issuerKeys.publicKey);
  // keyCertSign and cRLSign, or digitalSignature: unused bits, then the bits.
  const usage = Buffer.from(isAuthority ? [0x01, 0x06] : [0x07, 0x80]);
  return [
    extension('551d13', sequence(...(isAuthority ? [boolean(true)] : [])), true),
    extension('551d0f', tagged(0x03, usage), true),
    extension('551d0e', tagged(0x04, ownId)),
    extension('551d23', sequence(tagged(0x80, issuerId))),
    ...(isAuthority ? [] : [extension('551d25', sequence(objectId('2b06010505070301')))]),
    ...(names.length === 0 ? [] : [extension('551d11', sequence(...names.map(generalName)))]),
  ];
}

function generalName(name: string): Buffer {
  if (isIP(name) === 4) return tagged(0x87, Buffer.from(name.split('.').map(Number)));
  return tagged(0x82, Buffer.from(name, 'ascii'));
}

/** RFC 5280, section 4.2.1.2: what tells keys apart; any digest of the key does. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [boolean(true)] : [];
  return sequence(objectId(id), ...critical, tagged(0x04, value));
}

function nameOf(commonName: string): Buffer {
  const text = tagged(0x0c, Buffer.from(commonName, 'utf8'));
  return sequence(tagged(0x31, sequence(objectId('550403'), text)));
}

/** UTCTime: until 2049. */
function timeOf(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}

const ecdsaWithSha256 = (): Buffer => sequence(objectId('2a8648ce3d040302'));

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0x00]));
}

/** Of bytes whose first bit is 0. */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
