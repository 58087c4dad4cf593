/**
 * Canned ACLs: a name for a usual set of grants ("Canned ACL" in the S3 user guide).
 *
 * `aws-exec-read` lets Amazon EC2 read a machine image: there is no EC2 here, so it is refused by name.
 */
import { S3Error } from '../protocol/errors.ts';
import type { Acl, Grant, GranteeGroup, Permission } from '../store/records.ts';

export interface CannedAclContext {
  readonly on: 'bucket' | 'object';
  /** Canonical id of who owns the resource. */
  readonly owner: string;
  /** Canonical id of the bucket's owner. */
  readonly bucketOwner: string;
}

interface CannedRow {
  readonly on: 'bucket' | 'object' | 'any';
  /** Beside the owner's FULL_CONTROL. */
  readonly grants: readonly (readonly [to: GranteeGroup | 'bucketOwner', permission: Permission])[];
}

const cannedAcls = {
  private: { on: 'any', grants: [] },
  'public-read': { on: 'any', grants: [['AllUsers', 'READ']] },
  'public-read-write': {
    on: 'any',
    grants: [
      ['AllUsers', 'READ'],
      ['AllUsers', 'WRITE'],
    ],
  },
  'authenticated-read': { on: 'any', grants: [['AuthenticatedUsers', 'READ']] },
  'bucket-owner-read': { on: 'object', grants: [['bucketOwner', 'READ']] },
  'bucket-owner-full-control': { on: 'object', grants: [['bucketOwner', 'FULL_CONTROL']] },
  'log-delivery-write': {
    on: 'bucket',
    grants: [
      ['LogDelivery', 'WRITE'],
      ['LogDelivery', 'READ_ACP'],
    ],
  },
} as const satisfies Readonly<Record<string, CannedRow>>;

const rows: ReadonlyMap<string, CannedRow> = new Map(Object.entries(cannedAcls));

/**
 * The grants of a canned ACL: groups, the owner's FULL_CONTROL, the bucket's owner. S3 promises no order;
 * clients in the field have come to expect this one.
 * @throws S3Error InvalidArgument for an unknown name, NotImplemented for `aws-exec-read`.
 */
export function cannedAcl(name: string, context: CannedAclContext): Acl {
  const { owner, bucketOwner, on } = context;
  const row = rows.get(name);
  if (row === undefined || (row.on !== 'any' && row.on !== on)) throw refusal(name);
  const toGroups: Grant[] = [];
  const toBucketOwner: Grant[] = [];
  for (const [to, permission] of row.grants) {
    if (to !== 'bucketOwner') toGroups.push({ grantee: { group: to }, permission });
    else if (bucketOwner !== owner) {
      toBucketOwner.push({ grantee: { account: bucketOwner }, permission });
    }
  }
  const { grants } = privateAcl(owner);
  return { owner, grants: [...toGroups, ...grants, ...toBucketOwner] };
}

/** What a resource has whose maker asked for nothing else. */
export function privateAcl(owner: string): Acl {
  return { owner, grants: [{ grantee: { account: owner }, permission: 'FULL_CONTROL' }] };
}

function refusal(name: string): S3Error {
  if (name === 'aws-exec-read') {
    return new S3Error('NotImplemented', {
      message: 'The canned ACL aws-exec-read is not implemented.',
      fields: { Header: 'x-amz-acl' },
    });
  }
  return new S3Error('InvalidArgument', {
    fields: { ArgumentName: 'x-amz-acl', ArgumentValue: name },
  });
}
