/**
 * A ready-made role on a bucket or on a prefix of one, as a policy document: what the managed policy of the same name
 * allows, there and nowhere else. On a prefix, nothing of the bucket itself is allowed but listing that prefix.
 */
import { type ReadyMadeRole, readyMadeRoles } from '../identity/managed-policies.ts';

export interface GrantedRole {
  readonly role: ReadyMadeRole;
  readonly bucket: string;
  /** The whole bucket if absent. */
  readonly prefix?: string | undefined;
}

/** The lists that can be asked for below a prefix; they say which in `s3:prefix`. */
const prefixListing = ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'];

/** What matches a text and nothing else. */
const literal = (text: string): string => text.replaceAll(/[*?$]/g, (char) => `\${${char}}`);

export function roleDocument({ role, bucket, prefix }: GrantedRole): string {
  const { allowed, denied } = readyMadeRoles[role];
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const objects = `${bucketArn}/${prefix === undefined ? '' : literal(prefix)}*`;
  const statements =
    prefix === undefined
      ? [
          { Effect: 'Allow', Action: allowed, Resource: [bucketArn, objects] },
          ...(denied === undefined
            ? []
            : [{ Effect: 'Deny', Action: denied, Resource: bucketArn }]),
        ]
      : [
          { Effect: 'Allow', Action: allowed, Resource: objects },
          ...(role === 'write_only'
            ? []
            : [
                {
                  Effect: 'Allow',
                  Action: prefixListing,
                  Resource: bucketArn,
                  Condition: { StringLike: { 's3:prefix': `${literal(prefix)}*` } },
                },
                { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: bucketArn },
              ]),
        ];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** A bucket's name has neither capitals nor underscores, and no two grants of a holder share a name. */
const policyNamePattern = /^kist\.([a-z_]+)\.([^_]+?)(?:_([A-Za-z0-9_-]+))?$/;

/** Longest name of a policy. */
const maxNameChars = 128;

/** Prefixes that are too long for a name stand in it by their hash. */
export const policyNameOf = (
  { role, bucket, prefix }: GrantedRole,
  hash: (text: string) => string,
): string => {
  const whole = `kist.${role}.${bucket}`;
  if (prefix === undefined) return whole;
  return `${whole}_${hash(prefix)}`.slice(0, maxNameChars);
};

/** What an inline policy grants; undefined if it is none of these, or was changed by hand. */
export function grantedBy(name: string, document: string): GrantedRole | undefined {
  const [, role, bucket, hash] = policyNamePattern.exec(name) ?? [];
  if (role === undefined || bucket === undefined || !Object.hasOwn(readyMadeRoles, role)) {
    return undefined;
  }
  const prefix = hash === undefined ? undefined : prefixIn(document, bucket);
  const granted = { role: role as ReadyMadeRole, bucket, ...(prefix !== undefined && { prefix }) };
  return roleDocument(granted) === document ? granted : undefined;
}

function prefixIn(document: string, bucket: string): string | undefined {
  const { Statement: statements } = JSON.parse(document) as {
    Statement?: readonly { readonly Resource?: unknown }[];
  };
  const objects = statements?.[0]?.Resource;
  const start = `arn:aws:s3:::${bucket}/`;
  if (typeof objects !== 'string' || !objects.startsWith(start)) return undefined;
  return objects.slice(start.length, -1).replaceAll(/\$\{([*?$])\}/g, '$1');
}
