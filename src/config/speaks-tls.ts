/** Whether a server speaks TLS. Apart from the table of settings, which workers do not load. */
import type { Settings } from './schema.ts';

/** Whether certificates are configured, as files or from an ACME authority. */
export function speaksTls(
  settings: Pick<Settings, 'tlsCert' | 'tlsCertificates' | 'acmeDomains'>,
): boolean {
  const { tlsCert, tlsCertificates, acmeDomains } = settings;
  return tlsCert !== undefined || tlsCertificates !== undefined || acmeDomains.length > 0;
}
