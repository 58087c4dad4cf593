/**
 * `kist bucket public` and `kist bucket private`: whether anybody may read what is in a bucket. Public is a statement of
 * the bucket policy, which has a name of its own and can be taken away again; the rest of the policy stays.
 */
import type { Client } from '../../client/create-client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { CommandError } from '../command-error.ts';
import { formatRemote, parseBucket } from '../location.ts';
import { inSession } from '../session.ts';
import { bucketDocuments, orAbsent } from './documents.ts';

/** Of the statements that are Kist's. */
const statementId = 'KistPublicRead';
const listStatementId = 'KistPublicList';
const everybody = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;

export interface PublicFlags {
  readonly list?: boolean;
  readonly json?: boolean;
}

export interface PrivateFlags {
  readonly block?: boolean;
  readonly json?: boolean;
}

interface Policy {
  readonly Version?: string;
  readonly Statement?: unknown;
}

interface Asked {
  readonly client: Client;
  readonly Bucket: string;
  readonly signal: AbortSignal;
}

/** Gives the exit code. */
export const makePublic = (path: string, flags: PublicFlags): Promise<number> =>
  inSession(flags, async ({ out, connect, signal }) => {
    const place = parseBucket(path);
    const asked = { client: connect(place.alias), Bucket: place.bucket, signal };
    const before = await policyOf(asked);
    const Statement = [...othersIn(before), ...publicStatements(place.bucket, flags.list ?? false)];
    await setPolicy(asked, { Version: '2012-10-17', ...before, Statement });
    const what = flags.list ? 'read and list' : 'read';
    const kept = othersIn(before).length > 0 ? '; its other statements stay' : '';
    const done = `the bucket policy lets everybody ${what} (statement ${statementId})${kept}`;
    out.record(
      { type: 'public', bucket: place.bucket, by: 'policy', list: flags.list ?? false },
      `${formatRemote(place)} is public: ${done}.`,
    );
  });

/** Gives the exit code: 1 if it is still public by something that isn't Kist's to take away. */
export const makePrivate = (path: string, flags: PrivateFlags): Promise<number> =>
  inSession(flags, async ({ out, connect, signal }) => {
    const place = parseBucket(path);
    const asked = { client: connect(place.alias), Bucket: place.bucket, signal };
    const did: string[] = [];
    const before = await policyOf(asked);
    const others = othersIn(before);
    if (before !== undefined && others.length < statementsIn(before).length) {
      if (others.length === 0) await bucketDocuments.policy.delete(asked);
      else await setPolicy(asked, { ...before, Statement: others });
      did.push(`took ${statementId} out of the bucket policy`);
    }
    if (await hasPublicAcl(asked)) {
      await asked.client.putBucketAcl({ Bucket: place.bucket, ACL: 'private' }, { signal });
      did.push("set the bucket's ACL to private");
    }
    if (flags.block) {
      await block(asked);
      did.push('blocked all public access, ACLs of objects and policies included');
    }
    const isStill = !flags.block && (await isPublicByPolicy(asked));
    const text = did.length === 0 ? 'nothing was to be done' : did.join(', ');
    out.record(
      { type: 'private', bucket: place.bucket, did, isPublic: isStill },
      `${formatRemote(place)}: ${text}.`,
    );
    if (!flags.block) {
      out.note('objects with public ACLs of their own stay readable; --block ends that.');
    }
    if (!isStill) return 0;
    throw new CommandError(
      `Other statements of the bucket policy still make it public: look at "kist bucket policy get ${path}", or say --block.`,
    );
  });

function publicStatements(bucket: string, list: boolean): readonly object[] {
  const allow = { Effect: 'Allow', Principal: '*' };
  const resource = `arn:aws:s3:::${bucket}`;
  const read = {
    Sid: statementId,
    ...allow,
    Action: 's3:GetObject',
    Resource: `${resource}/*`,
  };
  const listed = { Sid: listStatementId, ...allow, Action: 's3:ListBucket', Resource: resource };
  return list ? [read, listed] : [read];
}

const policyOf = async (asked: Asked): Promise<Policy | undefined> =>
  (await orAbsent(bucketDocuments.policy, bucketDocuments.policy.get(asked))) as Policy | undefined;

/** One statement may stand without a list around it. */
function statementsIn({ Statement = [] }: Policy): readonly unknown[] {
  return Array.isArray(Statement) ? Statement : [Statement];
}

const othersIn = (policy: Policy | undefined): readonly unknown[] =>
  statementsIn(policy ?? {}).filter((one) => {
    const { Sid } = one as { Sid?: unknown };
    return Sid !== statementId && Sid !== listStatementId;
  });

async function setPolicy(asked: Asked, policy: Policy): Promise<void> {
  try {
    await bucketDocuments.policy.set(asked, policy);
  } catch (error) {
    if (!(error instanceof S3Error && error.status === 403)) throw error;
    throw new CommandError(
      `${error.code}: the policy was refused. The key may not set it, or public access is blocked ("kist bucket info" tells).`,
      undefined,
      error,
    );
  }
}

async function hasPublicAcl({ client, Bucket, signal }: Asked): Promise<boolean> {
  const { Grants = [] } = await client.getBucketAcl({ Bucket }, { signal });
  return Grants.some(({ Grantee }) => everybody.test(Grantee?.URI ?? ''));
}

async function isPublicByPolicy({ client, Bucket, signal }: Asked): Promise<boolean> {
  const answer = await orAbsent(
    bucketDocuments.policy,
    client.getBucketPolicyStatus({ Bucket }, { signal }),
  );
  return answer?.PolicyStatus?.IsPublic ?? false;
}

async function block({ client, Bucket, signal }: Asked): Promise<void> {
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration }, { signal });
}
