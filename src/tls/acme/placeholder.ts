/**
 * A certificate that signs itself (X.509, RFC 5280, as DER, X.690), for the time until the authority has issued one:
 * ports open at once, and clients that verify send nothing.
 */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

const lifetimeMs = 86_400_000;
/** Clocks of clients differ. */
const backdatedMs = 3_600_000;

/**
 * The key and the certificate after it, as PEM.
 *
 * @param now milliseconds since the epoch
 */
export function placeholderCertificate(names: readonly string[], now: number): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const subject = nameOf('Kist waits for a certificate');
  const body = tagged(
    0x30,
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1]), randomBytes(15)),
    ecdsaWithSha256(),
    subject,
    tagged(0x30, timeOf(now - backdatedMs), timeOf(now + lifetimeMs)),
    subject,
    spki,
    tagged(0xa3, tagged(0x30, ...extensions(names, spki))),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const der = tagged(0x30, body, ecdsaWithSha256(), tagged(0x03, Buffer.from([0]), signature));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `${key}-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** basicConstraints, keyUsage, subjectKeyIdentifier, extKeyUsage and subjectAltName. */
function extensions(names: readonly string[], spki: Buffer): readonly Buffer[] {
  const keyId = createHash('sha1').update(spki).digest();
  const alternatives = names.map((name) => tagged(0x82, Buffer.from(name, 'ascii')));
  return [
    extension('551d13', true, tagged(0x30)),
    extension('551d0f', true, tagged(0x03, Buffer.from([0x07, 0x80]))),
    extension('551d0e', false, tagged(0x04, keyId)),
    extension('551d25', false, tagged(0x30, objectId('2b06010505070301'))),
    extension('551d11', false, tagged(0x30, ...alternatives)),
  ];
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return tagged(0x30, objectId(id), ...critical, tagged(0x04, value));
}

function nameOf(commonName: string): Buffer {
  const text = tagged(0x0c, Buffer.from(commonName, 'utf8'));
  return tagged(0x30, tagged(0x31, tagged(0x30, objectId('550403'), text)));
}

/** UTCTime: until 2049. */
function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}

const ecdsaWithSha256 = (): Buffer => tagged(0x30, objectId('2a8648ce3d040302'));

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
