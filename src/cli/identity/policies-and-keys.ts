/** Managed policies, access keys, and who one is. */
import type { AccessKey, AccessKeyMetadata, Policy, PolicyVersion } from '../../model/iam.gen.ts';
import { tableOf } from '../output.ts';
import { readText } from '../read-document.ts';
import { call, dayOf } from './entities.ts';
import {
  documentText,
  type IdentityFlags,
  type IdentitySession,
  policyArn,
  withIdentity,
} from './identity-session.ts';
import { type KeepFlags, keepSecret, prepareToKeep } from './keep-secret.ts';

export interface PolicyListFlags extends IdentityFlags {
  readonly all?: boolean;
}

/** Gives the exit code. */
export const listPolicies = (flags: PolicyListFlags): Promise<number> =>
  withIdentity(flags, async ({ out, all }) => {
    const input = { Scope: flags.all ? 'All' : 'Local' };
    const found = await all<Policy>('ListPolicies', 'Policies', input);
    if (out.json) for (const one of found) out.record({ type: 'policy', ...one });
    else {
      const rows = found.map(({ PolicyName = '', Arn = '', AttachmentCount = 0 }) => [
        PolicyName,
        Arn,
        String(AttachmentCount),
      ]);
      for (const line of tableOf(['NAME', 'ARN', 'ATTACHED'], rows)) out.record({ type: '' }, line);
    }
  });

export const createPolicy = (name: string, file: string, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const input = { PolicyName: name, PolicyDocument: await readText(file) };
    const made = (await call(session, 'CreatePolicy', input)).Policy as Policy;
    session.out.record({ type: 'policy', ...made }, `Made the policy ${name}: ${made.Arn}`);
  });

export const getPolicy = (named: string, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const PolicyArn = await policyArn(session, named);
    const { DefaultVersionId: VersionId } = (await call(session, 'GetPolicy', { PolicyArn }))
      .Policy as Policy;
    const answer = await call(session, 'GetPolicyVersion', { PolicyArn, VersionId });
    session.out.document(documentText((answer.PolicyVersion as PolicyVersion).Document ?? ''));
  });

/** IAM keeps so many versions of a policy. */
const maxVersions = 5;

/** A new version, which is the one that counts; the oldest other one goes where there would be too many. */
export const setPolicy = (named: string, file: string, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const PolicyDocument = await readText(file);
    const PolicyArn = await policyArn(session, named);
    const { VersionId } = await setDocument(session, PolicyArn, PolicyDocument);
    session.out.record(
      { type: 'policy', Arn: PolicyArn, VersionId },
      `Set the policy ${PolicyArn}, now ${VersionId}.`,
    );
  });

export async function setDocument(
  session: IdentitySession,
  PolicyArn: string,
  PolicyDocument: string,
): Promise<PolicyVersion> {
  const others = (await versionsOf(session, PolicyArn)).filter((one) => !one.IsDefaultVersion);
  if (others.length + 1 >= maxVersions) {
    const { VersionId } = others.at(-1)!;
    await call(session, 'DeletePolicyVersion', { PolicyArn, VersionId });
  }
  const input = { PolicyArn, PolicyDocument, SetAsDefault: true };
  return (await call(session, 'CreatePolicyVersion', input)).PolicyVersion as PolicyVersion;
}

/** The newest first. */
async function versionsOf({ all }: IdentitySession, PolicyArn: string): Promise<PolicyVersion[]> {
  const versions = await all<PolicyVersion>('ListPolicyVersions', 'Versions', { PolicyArn });
  const numberOf = ({ VersionId = '' }: PolicyVersion): number => Number(VersionId.slice(1));
  return versions.sort((a, b) => numberOf(b) - numberOf(a));
}

export const deletePolicy = (named: string, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const PolicyArn = await policyArn(session, named);
    for (const { VersionId, IsDefaultVersion } of await versionsOf(session, PolicyArn)) {
      if (!IsDefaultVersion) await call(session, 'DeletePolicyVersion', { PolicyArn, VersionId });
    }
    await call(session, 'DeletePolicy', { PolicyArn });
    session.out.record(
      { type: 'policy', Arn: PolicyArn, isDeleted: true },
      `Deleted the policy ${PolicyArn}.`,
    );
  });

export interface KeyFlags extends IdentityFlags, Omit<KeepFlags, 'alias'> {
  readonly user?: string;
  readonly expires?: Date;
}

export const listKeys = (flags: KeyFlags): Promise<number> =>
  withIdentity(flags, async ({ out, all }) => {
    const input = { UserName: flags.user };
    const keys = await all<AccessKeyMetadata>('ListAccessKeys', 'AccessKeyMetadata', input);
    if (out.json) for (const one of keys) out.record({ type: 'key', ...one });
    else {
      const rows = keys.map((one) => [
        one.AccessKeyId ?? '',
        one.Status ?? '',
        one.UserName ?? '-',
        dayOf(one.CreateDate),
      ]);
      const head = ['ACCESS KEY', 'STATE', 'USER', 'CREATED'];
      for (const line of tableOf(head, rows)) out.record({ type: '' }, line);
    }
  });

/** The secret is told once: here, in a file that nobody else may read, or in an alias and nowhere else. */
export const createKey = (flags: KeyFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    prepareToKeep(flags);
    const input = { UserName: flags.user };
    const key = (await call(session, 'CreateAccessKey', input)).AccessKey as AccessKey;
    const { SecretAccessKey: secret, ...about } = key;
    const { AccessKeyId: accessKeyId } = about;
    if (flags.expires !== undefined) {
      const { expireNewKey } = await import('../admin/keys.ts');
      await expireNewKey(accessKeyId, flags.expires.toISOString(), flags, () =>
        call(session, 'DeleteAccessKey', { AccessKeyId: accessKeyId, UserName: flags.user }),
      );
    }
    const kept = keepSecret(session, flags, { accessKeyId, secretAccessKey: secret });
    const isKept = kept !== undefined;
    const told = isKept ? '' : `\nSecret (told this once): ${secret}`;
    const made = `Made the key ${about.AccessKeyId}${isKept ? `; its secret is in ${kept}` : ''}.`;
    if (session.out.json) {
      session.out.record({ type: 'key', ...about, ...(!isKept && { SecretAccessKey: secret }) });
    } else session.out.document(made + told);
  });

export const changeKey = (
  act: 'enable' | 'disable' | 'delete',
  AccessKeyId: string,
  flags: KeyFlags,
): Promise<number> =>
  withIdentity(flags, async (session) => {
    const at = { AccessKeyId, UserName: flags.user };
    if (act === 'delete') await call(session, 'DeleteAccessKey', at);
    else {
      const Status = act === 'enable' ? 'Active' : 'Inactive';
      await call(session, 'UpdateAccessKey', { ...at, Status });
    }
    session.out.record(
      { type: 'key', AccessKeyId, act },
      `${act.charAt(0).toUpperCase()}${act.slice(1)}d the key ${AccessKeyId}.`,
    );
  });

export const whoAmI = (flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async ({ iam, out, aliasOf }) => {
    const { Arn, Account, UserId } = await iam.call('GetCallerIdentity', {});
    const alias = aliasOf(flags.alias?.replace(/\/$/, '')).name;
    out.record({ type: 'identity', alias, arn: Arn, account: Account, userId: UserId }, `${Arn}`);
  });
