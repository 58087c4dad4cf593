/** Whether a server speaks TLS. Apart from the table of settings, which workers do not load. */
import type { Settings } from './schema.ts';

/** Whether certificates are configured. */
export function speaksTls(settings: Pick<Settings, 'tlsCert' | 'tlsCertificates'>): boolean {
  return settings.tlsCert !== undefined || settings.tlsCertificates !== undefined;
}
