/** Certificates in use, for tests of those who serve with them. */
import { randomBytes } from 'node:crypto';
import { createAuthority, type Issued } from '../../test/support/issue-certificate.ts';
import { readCertificatePair } from './certificate.ts';
import { holdTlsState, type TlsHolder, type TlsState } from './tls-source.ts';

export const testAuthority = createAuthority();

export function stateOf(...issued: readonly Issued[]): TlsState {
  const pairs = issued.map(({ certificate, key }, i) =>
    readCertificatePair({ name: `pair-${i}`, certificate, key }, Date.now()),
  );
  return { pairs, ticketKeys: randomBytes(48).toString('base64'), problems: [] };
}

/** One, for 127.0.0.1 and localhost, unless others are given. */
export function heldCertificate(...issued: readonly Issued[]): TlsHolder {
  const given = issued.length > 0 ? issued : [testAuthority.issue(['localhost', '127.0.0.1'])];
  return holdTlsState(stateOf(...given));
}
