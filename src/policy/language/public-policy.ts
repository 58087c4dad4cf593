/**
 * Whether a policy is public ("The meaning of 'public'" in the S3 user guide): an Allow statement for
 * everybody, unless a condition holds it to fixed values of one of the keys that stand for somebody in
 * particular. Addresses are that only in ranges of no more than a /8 (IPv4) or a /32 (IPv6).
 */
import { BlockList } from 'node:net';
import { type AddressRange, addressRange } from './condition-operators.ts';
import type { Condition, Policy, Statement } from './document.ts';
import { isFixed } from './template.ts';

const fixingKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

const fixingOperators: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'ArnEquals',
  'ArnLike',
]);

const broadestBits = { ipv4: 8, ipv6: 32 } as const;

export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some(isPublicStatement);
}

function isPublicStatement({ effect, principals, conditions }: Statement): boolean {
  return effect === 'Allow' && principals?.everybody === true && !conditions.some(fixesWho);
}

function fixesWho({ operator, key, quantifier, ifExists, values }: Condition): boolean {
  // Both are true for a request that doesn't have the key at all.
  if (ifExists || quantifier === 'ForAllValues') return false;
  if (key.name === 'aws:sourceip') return operator === 'IpAddress' && values.every(isNarrow);
  if (!fixingKeys.has(key.name) || !fixingOperators.has(operator)) return false;
  return values.every((value) => isFixed(value) && value.toLowerCase() !== nobodysUserId);
}

/** `aws:userid` of whoever signs nothing. */
const nobodysUserId = 'anonymous';

function isNarrow(text: string): boolean {
  const range = addressRange(text);
  if (range === undefined) return false;
  return range.bits >= (holdsMapped(range) ? broadestMappedBits : broadestBits[range.family]);
}

/** Where IPv6 has the addresses of IPv4, which a range of either kind is about. */
const mapped = { address: '::ffff:0:0', bits: 96, family: 'ipv6' } as const;
const broadestMappedBits = mapped.bits + broadestBits.ipv4;

function holdsMapped(range: AddressRange): boolean {
  return range.family === 'ipv6' && (contains(range, mapped) || contains(mapped, range));
}

function contains(outer: AddressRange, inner: AddressRange): boolean {
  const list = new BlockList();
  list.addSubnet(outer.address, outer.bits, outer.family);
  return outer.bits <= inner.bits && list.check(inner.address, inner.family);
}
