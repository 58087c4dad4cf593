/**
 * Which certificate a client gets, by the name of the server that it asks for (SNI, RFC 6066, section 3): one for
 * exactly this name, else one for all names beside it (`*.example.com`, RFC 9525, section 6.3: one label), else the
 * first. Of two for one name it is the one that is valid longer.
 */
import type { CertificatePair } from './tls-source.ts';

/** The choice among `pairs`, of which there is at least one, as an index. */
export function chooserOf(
  pairs: readonly Pick<CertificatePair, 'names' | 'expiresAt'>[],
): (serverName: string) => number {
  const byName = new Map<string, number>();
  for (const [index, { names, expiresAt }] of pairs.entries()) {
    for (const name of names) {
      const other = byName.get(name);
      if (other === undefined || pairs[other]!.expiresAt < expiresAt) byName.set(name, index);
    }
  }
  return (serverName) => {
    const name = serverName.toLowerCase().replace(/\.$/, '');
    const dot = name.indexOf('.');
    // A certificate for "*.example.com" must not be asked for by that name.
    const exact = name.startsWith('*') ? undefined : byName.get(name);
    return exact ?? (dot < 1 ? undefined : byName.get(`*${name.slice(dot)}`)) ?? 0;
  };
}
