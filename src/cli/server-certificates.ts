/** The certificates that a server is configured with. */
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { speaksTls } from '../config/speaks-tls.ts';
import type { Log } from '../observe/log.ts';
import type { Certificates } from '../tls/certificates.ts';

/**
 * Undefined where none are configured: the server speaks plain HTTP.
 *
 * @param acmeCertificate the path of the file in which ACME keeps its certificate
 * @throws ConfigError if they are not usable
 */
export async function openServerCertificates(
  config: Config,
  log: Log,
  acmeCertificate?: string,
): Promise<Certificates | undefined> {
  if (!speaksTls(config)) return undefined;
  // Late, as most servers on a machine of their own need none of it.
  const { CertificatesError, openCertificates } = await import('../tls/certificates.ts');
  try {
    return await openCertificates({
      places: { ...config, acmeCertificate },
      reloadMs: config.tlsReloadSeconds * 1000,
      log,
      now: () => Date.now(),
      randomBytes,
    });
  } catch (error) {
    if (error instanceof CertificatesError) throw new ConfigError(error.problems);
    throw error;
  }
}
