/** Clients and handshakes over TLS, against certificates of the tests' own authority. */
import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { TestAccount } from './accounts.ts';
import { s3Client } from './s3-client.ts';

/** Every name is this machine. */
const here: LookupFunction = (_, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** Trusts `ca` (PEM) alone; each request has a connection of its own if `keepAlive` is false. */
export function secureClient(
  endpoint: string,
  ca: string,
  account: Pick<TestAccount, 'accessKeyId' | 'secretAccessKey'>,
  { keepAlive = true, ...options }: Partial<S3ClientConfig> & { keepAlive?: boolean } = {},
): S3Client {
  return s3Client(endpoint, account, {
    requestHandler: { httpsAgent: { ca, keepAlive, lookup: here } },
    // With Expect, the SDK uses an agent of its own, which knows nothing of the authority.
    expectContinueHeader: false,
    ...options,
  });
}

/** Rejects where the client doesn't trust the server. */
export async function handshake(
  port: number,
  ca: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** SHA-256 of the certificate that a client gets. */
export async function fingerprintAt(
  port: number,
  ca: string,
  options?: ConnectionOptions,
): Promise<string> {
  const socket = await handshake(port, ca, options);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
