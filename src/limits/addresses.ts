/** IP addresses: one spelling for each, and whether a rule lets one in. */
import { BlockList, isIP, SocketAddress } from 'node:net';
import { type AddressRule, InvalidLimitError } from './shapes.ts';

/** Entries of one rule. */
export const maxAddressEntries = 1_000;

/** Loopback, RFC 1918, unique local (RFC 4193) and link-local addresses. */
const privateNetworks = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
];

const mappedPrefix = '::ffff:';

/**
 * The address as it is written everywhere: IPv4 as such, also where the socket is one of IPv6; IPv6 short, without a
 * zone. Undefined for what is no address.
 */
export function plainAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return text;
  const zone = text.indexOf('%');
  const { address } = new SocketAddress({
    address: zone < 0 ? text : text.slice(0, zone),
    family: 'ipv6',
  });
  const mapped = address.slice(mappedPrefix.length);
  return address.startsWith(mappedPrefix) && isIP(mapped) === 4 ? mapped : address;
}

/** Apart, as a block list takes every IPv4 address for one of IPv6, too. */
export interface Networks {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

/** @throws InvalidLimitError for what is neither an address nor a block of them */
export function networksOf(entries: readonly string[]): Networks {
  if (entries.length > maxAddressEntries) {
    throw new InvalidLimitError(`there are more than ${maxAddressEntries} addresses`);
  }
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const entry of entries) addEntry(networks, entry);
  return networks;
}

const entryPattern = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

function addEntry(networks: Networks, entry: string): void {
  const [, address = '', length] = entryPattern.exec(entry) ?? [];
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (family === 0 || prefix > bits) {
    throw new InvalidLimitError(`${JSON.stringify(entry)} is no IP address or CIDR block`);
  }
  // Addresses are compared as IPv4 wherever they are: such a block would never match.
  if (family === 6 && isIP(plainAddress(address) ?? '') === 4) {
    throw new InvalidLimitError(`${entry} is an IPv4 address within IPv6: write it as IPv4`);
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  networks[kind].addSubnet(address, prefix, kind);
}

/** @param address as `plainAddress` writes it */
export function isIn(networks: Networks, address: string): boolean {
  const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return networks[kind].check(address, kind);
}

const privateList = networksOf(privateNetworks);
const compiled = new WeakMap<readonly string[], Networks>();

/** @throws InvalidLimitError */
export function checkAddressRule(rule: AddressRule | undefined): AddressRule | undefined {
  if (rule === undefined || rule === 'public' || rule === 'private') return rule;
  if (!Array.isArray(rule) || !rule.every((entry) => typeof entry === 'string')) {
    throw new InvalidLimitError('addresses must be public, private, or a list of CIDR blocks');
  }
  if (rule.length === 0) throw new InvalidLimitError('a list of addresses must not be empty');
  networksOf(rule);
  return rule;
}

/**
 * @param address as `plainAddress` writes it; one that nobody knows is let in by `public` alone
 */
export function letsIn(rule: AddressRule, address: string | undefined): boolean {
  if (rule === 'public') return true;
  if (address === undefined) return false;
  if (rule === 'private') return isIn(privateList, address);
  let networks = compiled.get(rule);
  if (networks === undefined) {
    networks = networksOf(rule);
    compiled.set(rule, networks);
  }
  return isIn(networks, address);
}

const groupsOfNetwork = 4;

/**
 * What stands for a client where many addresses are one's: of IPv6 the /64 network, of which a client may have all.
 * @param address as `plainAddress` writes it
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (isIP(address) !== 6) return address;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const rest = after === '' ? [] : after.split(':');
    while (groups.length + rest.length < 2 * groupsOfNetwork) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, groupsOfNetwork).join(':')}::/64`;
}
