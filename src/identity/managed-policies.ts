/**
 * Ready-made policies, under the names that AWS has for them where it has one, and the roles that people ask for:
 * read, write, both, maintain, own. They are the same in every account and can't be changed.
 */
import type { PolicyRecord } from './records.ts';

const listing = [
  's3:ListBucket',
  's3:ListBucketVersions',
  's3:ListBucketMultipartUploads',
  's3:GetBucketLocation',
];
const reading = ['s3:GetObject*', 's3:ListAllMyBuckets', ...listing];
const writing = [
  's3:PutObject*',
  's3:DeleteObject*',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
  's3:RestoreObject',
  's3:RenameObject',
];
const maintaining = [
  's3:Get*',
  's3:List*',
  's3:Put*',
  's3:Delete*',
  's3:AbortMultipartUpload',
  's3:RestoreObject',
  's3:RenameObject',
  's3:CreateBucket',
];

/** What may not be given away by whom the bucket was given to look after. */
const rightsOfOthers = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutBucketAcl',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
];

export type ReadyMadeRole = 'read_only' | 'write_only' | 'read_write' | 'maintainer' | 'owner';

/** What each of them is made of, here and where it is granted on a bucket. */
export const readyMadeRoles: Readonly<
  Record<
    ReadyMadeRole,
    { readonly allowed: readonly string[]; readonly denied?: readonly string[] }
  >
> = {
  read_only: { allowed: reading },
  write_only: { allowed: writing },
  read_write: { allowed: [...reading, ...writing] },
  maintainer: { allowed: maintaining, denied: rightsOfOthers },
  owner: { allowed: ['s3:*'] },
};

const allow = (actions: readonly string[]) => [{ Effect: 'Allow', Action: actions, Resource: '*' }];
const deny = (actions: readonly string[]) => ({ Effect: 'Deny', Action: actions, Resource: '*' });

function statementsOf(role: ReadyMadeRole): readonly object[] {
  const { allowed, denied } = readyMadeRoles[role];
  return [...allow(allowed), ...(denied === undefined ? [] : [deny(denied)])];
}

const definitions: readonly (readonly [
  name: string,
  description: string,
  statements: readonly object[],
])[] = [
  ['AdministratorAccess', 'Everything in the account', allow(['*'])],
  ['IAMFullAccess', 'Users, groups, roles, policies and keys of the account', allow(['iam:*'])],
  [
    'IAMReadOnlyAccess',
    'A look at users, groups, roles, policies and keys',
    allow(['iam:Get*', 'iam:List*']),
  ],
  ['AmazonS3FullAccess', 'All buckets and objects of the account', allow(['s3:*'])],
  [
    'AmazonS3ReadOnlyAccess',
    'Reading all buckets and objects of the account',
    allow(['s3:Get*', 's3:List*']),
  ],
  ['read_only', 'Lists and reads', statementsOf('read_only')],
  ['write_only', 'Writes and deletes, and neither lists nor reads', statementsOf('write_only')],
  ['read_write', 'Lists, reads, writes and deletes', statementsOf('read_write')],
  [
    'maintainer',
    'All that is in buckets and how they are configured, but not who may use them',
    statementsOf('maintainer'),
  ],
  ['owner', 'All that the account itself may with its buckets', statementsOf('owner')],
];

const epoch = 0;

const record = (
  place: number,
  name: string,
  description: string,
  statements: readonly object[],
): PolicyRecord => ({
  accountId: 'aws',
  id: `ANPA${String(place).padStart(16, '0')}`,
  name,
  path: '/',
  description,
  defaultVersion: 'v1',
  nextVersion: 2,
  versions: [
    {
      id: 'v1',
      document: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      createdAt: epoch,
    },
  ],
  createdAt: epoch,
  updatedAt: epoch,
  tags: {},
});

/** By ARN: `arn:aws:iam::aws:policy/NAME`. */
export const managedPolicies: ReadonlyMap<string, PolicyRecord> = new Map(
  definitions.map(([name, description, statements], place) => [
    `arn:aws:iam::aws:policy/${name}`,
    record(place, name, description, statements),
  ]),
);
