/**
 * The address that a request comes from: the socket's, or, where that is a proxy's that is trusted, the one that the
 * proxies tell of in `X-Forwarded-For`.
 */
import { isIn, type Networks, plainAddress } from './addresses.ts';

/** Entries of the header that are looked at, from the right: more proxies than that are in no row. */
const maxHops = 32;

const mapped = /^::ffff:(?=[\d.]+$)/;

/** A socket's address, which is short already: IPv4 as such, also where the socket is one of IPv6. */
export const peerAddress = (remoteAddress: string | undefined): string | undefined =>
  remoteAddress?.replace(mapped, '');

/**
 * Each proxy appends whom it heard from, so the right-most entry that is no trusted proxy's is the client. What stands
 * left of it the client may have made up.
 * @param peer the socket's address
 * @param forwardedFor the header, if there is one
 * @param trusted undefined where the header counts for nothing
 * @returns undefined where nobody knows: a trusted proxy told of something that is no address
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: Networks | undefined,
): string | undefined {
  let address = peer === undefined ? undefined : plainAddress(peer);
  if (trusted === undefined || forwardedFor === undefined || address === undefined) return address;
  const hops = forwardedFor.split(',').slice(-maxHops);
  while (address !== undefined && isIn(trusted, address)) {
    const hop = hops.pop();
    // All of them are proxies: the first is as near to the client as anybody knows.
    if (hop === undefined) return address;
    address = plainAddress(withoutPort(hop.trim()));
  }
  return address;
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop);
  if (bracketed !== null) return bracketed[1]!;
  return /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
