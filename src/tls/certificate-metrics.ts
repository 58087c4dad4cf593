/** What monitors learn of a server's certificates: when each expires, and how many files are not usable. */
import type { Metrics } from '../observe/metrics.ts';
import type { TlsSource, TlsState } from './tls-source.ts';

/** In one process of a server only; what it returns ends it. */
export function measureCertificates(metrics: Metrics, source: TlsSource): () => void {
  let names: readonly string[] = [];
  const refused = metrics.gauge('tlsCertificatesRefused');
  const tell = ({ pairs, problems }: TlsState): void => {
    const present = pairs.map(({ name }) => name);
    for (const name of names) {
      if (!present.includes(name)) metrics.drop('tlsCertificateExpiry', name);
    }
    names = present;
    for (const { name, expiresAt } of pairs) {
      metrics.gauge('tlsCertificateExpiry', name).set(expiresAt / 1000);
    }
    refused.set(problems.length);
  };
  tell(source.current());
  return source.onChange(tell);
}
