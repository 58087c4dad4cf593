/**
 * Whether a policy is public ("The meaning of 'public'" in the S3 user guide): an Allow statement for
 * everybody, unless a condition holds it to fixed values of one of the keys that stand for somebody in
 * particular. Addresses are that only in ranges of no more than a /8 (IPv4) or a /32 (IPv6).
 */
import { addressRange } from './condition-operators.ts';
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
  return effect === 'Allow' && principals.everybody && !conditions.some(fixesWho);
}

function fixesWho({ operator, key, quantifier, ifExists, values }: Condition): boolean {
  // Both are true for a request that doesn't have the key at all.
  if (ifExists || quantifier === 'ForAllValues') return false;
  if (key.name === 'aws:sourceip') return operator === 'IpAddress' && values.every(isNarrow);
  return fixingKeys.has(key.name) && fixingOperators.has(operator) && values.every(isFixed);
}

function isNarrow(text: string): boolean {
  const range = addressRange(text);
  return range !== undefined && range.bits >= broadestBits[range.family];
}
