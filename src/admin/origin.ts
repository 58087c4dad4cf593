/**
 * Whether a browser may ask what it asks: the page that makes it ask has to be of this server, under a name that this
 * server is known under. Other sites, and other ports of this host, where buckets hold pages of anybody, may not;
 * nor may a name that its owner has pointed at this server's address (DNS rebinding).
 */
import { isIP } from 'node:net';
import type { WireHeaders } from '../protocol/request.ts';
import { AdminError } from './errors.ts';

/** `console.example.com:9001`, `[::1]:9001` → the name in lower case, without brackets. */
export function hostOf(header: string): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d+)?$/i.exec(header);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

/**
 * Addresses are nobody's name; of names, those of this machine and those that settings give, or that are below them.
 * @throws AdminError MisdirectedRequest
 */
export function checkHost(headers: WireHeaders, names: readonly string[]): void {
  const host = hostOf(headers.host ?? '');
  const isKnown =
    isIP(host) !== 0 ||
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    names.some((name) => host === name || host.endsWith(`.${name}`));
  if (isKnown) return;
  throw new AdminError(
    'MisdirectedRequest',
    `This server is not known as ${JSON.stringify(host)}: set consoleDomain or domain to a name of it, or use its address.`,
  );
}

/** Where a browser says that it was another page that asked, it was. */
export const isForeign = (headers: WireHeaders): boolean => {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && !isOwnOrigin(origin, headers);
};

/** Something has to say that it was a page of this server that asked. */
export const isOwnPage = (headers: WireHeaders): boolean => {
  if (isForeign(headers)) return false;
  return headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin';
};

/** The scheme is not looked at: a proxy in front may speak TLS. */
function isOwnOrigin(origin: string, { host }: WireHeaders): boolean {
  const match = /^https?:\/\/([^/]+)$/.exec(origin);
  return match !== null && host !== undefined && match[1]!.toLowerCase() === host.toLowerCase();
}
