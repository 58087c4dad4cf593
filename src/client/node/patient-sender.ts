/**
 * The client of backups and transfers, which go on for hours: it tries for long, but not where nobody listens. It
 * sends what servers of any age know: Content-MD5, where younger ones have checksums.
 */
import type { ClientConfig } from '../config.ts';
import { createClientWith } from '../create-client.ts';
import type { Runtime, Transport } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';
import { nodeRuntime } from './node-runtime.ts';

const maxAttempts = 8;

/** The server was not reached. */
const unreachedCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
]);

/**
 * Until the server has answered for the first time, that it can't be reached is taken for a wrong address and told
 * at once, as ServerUnreachable.
 */
export const createPatientSender = (
  config: Pick<ClientConfig, 'endpoint' | 'region' | 'credentials'>,
  runtime: Runtime = nodeRuntime,
): Sender =>
  createClientWith(tellingUnreached(runtime), [], {
    ...config,
    maxAttempts,
    requestChecksums: 'whenRequired',
  });

/** Says ServerUnreachable until an answer has come for the first time. */
export const tellingUnreached = (runtime: Runtime): Runtime => ({
  ...runtime,
  createTransport: (options) => untilReached(runtime.createTransport(options)),
});

function untilReached(transport: Transport): Transport {
  let reached = false;
  return {
    async send(request) {
      try {
        const response = await transport.send(request);
        reached = true;
        return response;
      } catch (error) {
        if (reached || !(error instanceof S3Error) || !isUnreached(error)) throw error;
        throw new S3Error('ServerUnreachable', error.message, { cause: error });
      }
    },
    close: () => transport.close(),
  };
}

const isUnreached = ({ cause }: S3Error): boolean =>
  cause instanceof Error && 'code' in cause && unreachedCodes.has(cause.code);
