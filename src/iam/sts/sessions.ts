/** Temporary credentials: how long, narrowed to what, and the token that says all of it. */
import type { Account } from '../../identity/identity.ts';
import { keyScope } from '../../identity/key-limits.ts';
import { newId, newSecret } from '../../identity/names.ts';
import type { Tags } from '../../identity/records.ts';
import { type Session, sealSession } from '../../identity/session-token.ts';
import type { Snapshot } from '../../identity/snapshot.ts';
import type { Credentials, PolicyDescriptorType, Tag } from '../../model/sts.gen.ts';
import { tagsOf } from '../checks.ts';
import { policyDocument } from '../documents.ts';
import {
  maxPackedBytes,
  maxSessionPolicyArns,
  maxSessionPolicyChars,
  minSessionSeconds,
} from '../limits.ts';
import { invalid, QueryError } from '../query/errors.ts';
import type { StsSituation } from './sts-action.ts';

export interface NarrowingInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface Narrowing {
  readonly policies: readonly string[];
  readonly policyArns: readonly string[];
  readonly tags: Tags;
  /** Percent of what a token can carry; undefined where there is nothing. */
  readonly packedSize: number | undefined;
}

/**
 * @param account whose session it will be, and whose the policies are
 * @throws QueryError MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError, NoSuchEntity
 */
export function narrowingOf(
  { Policy, PolicyArns = [], Tags }: NarrowingInput,
  account: Account,
  snapshot: Snapshot,
): Narrowing {
  if (Policy !== undefined && Policy.length > maxSessionPolicyChars) {
    throw invalid(`The session policy is longer than ${maxSessionPolicyChars} characters.`);
  }
  if (PolicyArns.length > maxSessionPolicyArns) {
    throw invalid(`There are more than ${maxSessionPolicyArns} session policy ARNs.`);
  }
  const policies = Policy === undefined ? [] : [policyDocument(Policy)];
  const policyArns = PolicyArns.map(({ arn }) => usableArn(arn, account, snapshot));
  const tags = tagsOf(Tags);
  const isNarrowed = policies.length > 0 || policyArns.length > 0 || Object.keys(tags).length > 0;
  const bytes = Buffer.byteLength(JSON.stringify({ policies, policyArns, tags }));
  const packedSize = isNarrowed ? Math.ceil((100 * bytes) / maxPackedBytes) : undefined;
  if (packedSize !== undefined && packedSize > 100) {
    throw new QueryError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packedSize}% of allotted space, please use smaller policy.`,
    );
  }
  return { policies, policyArns, tags, packedSize };
}

function usableArn(arn: string | undefined, account: Account, snapshot: Snapshot): string {
  const policy = arn === undefined ? undefined : snapshot.policiesByArn.get(arn);
  const isUsable = policy?.accountId === account.accountId || policy?.accountId === 'aws';
  if (arn === undefined || !isUsable) throw invalid(`The session policy ${arn} does not exist.`);
  return arn;
}

/** @throws QueryError ValidationError */
export function sessionSeconds(asked: number | undefined, usual: number, most: number): number {
  const seconds = asked ?? Math.min(usual, most);
  if (seconds < minSessionSeconds || seconds > most) {
    throw invalid(
      `DurationSeconds is ${seconds}, and must be between ${minSessionSeconds} and ${most} for this session.`,
    );
  }
  return seconds;
}

/** @param account whose session it is */
export function issueSession(
  of: Session['of'],
  account: Account,
  seconds: number,
  { policies, policyArns, tags }: Omit<Narrowing, 'packedSize'>,
  situation: StsSituation,
): Credentials {
  const { now, sessionSealer } = situation;
  const signedWith = keyOfSigner(situation);
  const session: Session = {
    accessKeyId: newId('session'),
    secretAccessKey: newSecret(),
    accountId: account.accountId,
    of,
    ...(signedWith !== undefined && { signedWith }),
    ...(policies.length > 0 && { policies }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(Object.keys(tags).length > 0 && { tags }),
    startedAt: now,
    expiresAt: now + seconds * 1000,
  };
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: sealSession(session, sessionSealer),
    Expiration: new Date(session.expiresAt),
  };
}

/** The key whose rate holds for the new session: the signer's own, or the one that its session is slowed down by. */
function keyOfSigner({ signer, isTemporary }: StsSituation): string | undefined {
  if (signer === undefined || !isTemporary) return signer?.accessKeyId;
  return signer.rate?.id.slice(keyScope.length);
}
