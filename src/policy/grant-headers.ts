/**
 * `x-amz-grant-*` headers: one permission each, a list of grantees as its value
 * (`id="…", emailAddress="…", uri="…"`; "PutObjectAcl" in the API reference).
 */
import { S3Error } from '../protocol/errors.ts';
import type { Grant, Grantee, Permission } from '../store/records.ts';
import { type AccountLookup, accountOfEmail, accountOfId, groupOf } from './grantees.ts';

/** Members of an operation's input that carry grant headers. */
export interface GrantHeaders {
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

const grantHeaders: readonly (readonly [
  member: keyof GrantHeaders,
  header: string,
  permission: Permission,
])[] = [
  ['GrantRead', 'x-amz-grant-read', 'READ'],
  ['GrantWrite', 'x-amz-grant-write', 'WRITE'],
  ['GrantReadACP', 'x-amz-grant-read-acp', 'READ_ACP'],
  ['GrantWriteACP', 'x-amz-grant-write-acp', 'WRITE_ACP'],
  ['GrantFullControl', 'x-amz-grant-full-control', 'FULL_CONTROL'],
];

export function hasGrantHeaders(input: GrantHeaders): boolean {
  for (const [member] of grantHeaders) if (input[member] !== undefined) return true;
  return false;
}

/**
 * The grants that the headers ask for, in a fixed order of permissions.
 * @throws S3Error InvalidArgument, UnresolvableGrantByEmailAddress
 */
export function grantsOfHeaders(input: GrantHeaders, accounts: AccountLookup): Grant[] {
  const grants: Grant[] = [];
  for (const [member, header, permission] of grantHeaders) {
    const value = input[member];
    if (value === undefined) continue;
    for (const grantee of granteesOf(header, value, accounts)) grants.push({ grantee, permission });
  }
  return grants;
}

/** `type = value` or `type = "value"`, separated by commas. */
const granteePattern = /\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^",\s]+))\s*(?:,|$)/y;

function granteesOf(header: string, value: string, accounts: AccountLookup): Grantee[] {
  const grantees: Grantee[] = [];
  granteePattern.lastIndex = 0;
  while (granteePattern.lastIndex < value.length) {
    const match = granteePattern.exec(value);
    if (match === null) throw unrecognised(header, value);
    const named = match[2] ?? match[3] ?? '';
    grantees.push(granteeOf(match[1]!.toLowerCase(), named, header, value, accounts));
  }
  if (grantees.length === 0) throw unrecognised(header, value);
  return grantees;
}

function granteeOf(
  type: string,
  named: string,
  header: string,
  value: string,
  accounts: AccountLookup,
): Grantee {
  switch (type) {
    case 'id':
      return { account: accountOfId(named, accounts) };
    case 'emailaddress':
      return { account: accountOfEmail(named, accounts) };
    case 'uri':
      return { group: groupOf(named) };
    default:
      throw unrecognised(header, value);
  }
}

function unrecognised(header: string, value: string): S3Error {
  return new S3Error('InvalidArgument', {
    message: 'Argument format not recognized',
    fields: { ArgumentName: header, ArgumentValue: value },
  });
}
