/** Users, groups and roles: what they have in common. The operations are named after the kind, as IAM names them. */
import type { IamTypes } from '../../model/iam.gen.ts';
import { CommandError } from '../command-error.ts';
import { tableOf } from '../output.ts';
import { readText } from '../read-document.ts';
import {
  documentText,
  type IdentityFlags,
  type IdentitySession,
  policyArn,
  withIdentity,
} from './identity-session.ts';

export type Kind = 'User' | 'Group' | 'Role';

type Operation = keyof IamTypes;
type Line = Readonly<Record<string, unknown>>;

const lower = (kind: Kind): string => kind.toLowerCase();
const nameMember = (kind: Kind): string => `${kind}Name`;

export async function call(
  { iam }: IdentitySession,
  operation: string,
  input: object,
): Promise<Readonly<Record<string, unknown>>> {
  return (await iam.call(operation as Operation, input as never)) as never;
}

/** Gives the exit code. */
export const listEntities = (kind: Kind, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async ({ out, all }) => {
    const found = await all<Line>(`List${kind}s` as Operation, `${kind}s`);
    if (out.json) for (const one of found) out.record({ type: lower(kind), ...one });
    else {
      const rows = found.map((one) => [
        String(one[nameMember(kind)]),
        String(one.Arn),
        dayOf(one.CreateDate),
      ]);
      for (const line of tableOf(['NAME', 'ARN', 'CREATED'], rows)) out.record({ type: '' }, line);
    }
  });

export const dayOf = (time: unknown): string =>
  time instanceof Date ? time.toISOString().slice(0, 10) : '-';

export interface CreateFlags extends IdentityFlags {
  readonly path?: string;
  readonly boundary?: string;
  readonly trust?: string;
  readonly description?: string;
}

export const createEntity = (kind: Kind, name: string, flags: CreateFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const { path: Path, boundary, trust, description: Description } = flags;
    const answer = await call(session, `Create${kind}`, {
      [nameMember(kind)]: name,
      Path,
      PermissionsBoundary: boundary === undefined ? undefined : await policyArn(session, boundary),
      ...(trust !== undefined && { AssumeRolePolicyDocument: await readText(trust) }),
      Description,
    });
    const made = answer[kind] as Line;
    session.out.record(
      { type: lower(kind), ...made },
      `Made the ${lower(kind)} ${name}: ${made.Arn}`,
    );
  });

export interface DeleteFlags extends IdentityFlags {
  readonly force?: boolean;
}

/** With `force` first what belongs to it: policies, memberships, keys. */
export const deleteEntity = (kind: Kind, name: string, flags: DeleteFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const at = { [nameMember(kind)]: name };
    if (flags.force) await strip(session, kind, name);
    await call(session, `Delete${kind}`, at);
    session.out.record(
      { type: lower(kind), ...at, isDeleted: true },
      `Deleted the ${lower(kind)} ${name}.`,
    );
  });

async function strip(session: IdentitySession, kind: Kind, name: string): Promise<void> {
  const { all } = session;
  const at = { [nameMember(kind)]: name };
  for (const { PolicyArn } of await attachedTo(session, kind, name)) {
    await call(session, `Detach${kind}Policy`, { ...at, PolicyArn });
  }
  for (const PolicyName of await inlineOf(session, kind, name)) {
    await call(session, `Delete${kind}Policy`, { ...at, PolicyName });
  }
  if (kind === 'User') {
    for (const { AccessKeyId } of await all<Line>('ListAccessKeys', 'AccessKeyMetadata', at)) {
      await call(session, 'DeleteAccessKey', { ...at, AccessKeyId });
    }
    for (const { GroupName } of await all<Line>('ListGroupsForUser', 'Groups', at)) {
      await call(session, 'RemoveUserFromGroup', { ...at, GroupName });
    }
  }
  if (kind === 'Group') {
    for (const { UserName } of await all<Line>('GetGroup', 'Users', at)) {
      await call(session, 'RemoveUserFromGroup', { ...at, UserName });
    }
  }
}

interface Attached {
  readonly PolicyName?: string;
  readonly PolicyArn?: string;
}

const attachedTo = ({ all }: IdentitySession, kind: Kind, name: string): Promise<Attached[]> =>
  all(`ListAttached${kind}Policies` as Operation, 'AttachedPolicies', { [nameMember(kind)]: name });

const inlineOf = ({ all }: IdentitySession, kind: Kind, name: string): Promise<string[]> =>
  all(`List${kind}Policies` as Operation, 'PolicyNames', { [nameMember(kind)]: name });

export const showEntity = (kind: Kind, name: string, flags: IdentityFlags): Promise<number> =>
  withIdentity(flags, async (session) => {
    const { all, out } = session;
    const at = { [nameMember(kind)]: name };
    const answer = await call(session, `Get${kind}`, at);
    const { AssumeRolePolicyDocument, ...about } = answer[kind] as Line;
    const attached = (await attachedTo(session, kind, name)).map(({ PolicyArn }) => PolicyArn);
    const inline = await inlineOf(session, kind, name);
    const names = async (operation: Operation, list: string, member: string) =>
      (await all<Line>(operation, list, at)).map((one) => String(one[member]));
    const more: Record<string, readonly unknown[]> = { policies: attached, inlinePolicies: inline };
    if (kind === 'User') {
      more.groups = await names('ListGroupsForUser', 'Groups', 'GroupName');
      const keys = await all<Line>('ListAccessKeys', 'AccessKeyMetadata', at);
      more.keys = keys.map(({ AccessKeyId, Status }) => `${AccessKeyId} (${Status})`);
    }
    if (kind === 'Group') more.users = await names('GetGroup', 'Users', 'UserName');
    if (out.json) {
      const trust = AssumeRolePolicyDocument;
      out.record({
        type: lower(kind),
        ...about,
        ...(trust ? { trust: parsed(trust) } : {}),
        ...more,
      });
      return;
    }
    const rows = [
      ...Object.entries(about).flatMap(([member, value]) =>
        typeof value === 'object' && !(value instanceof Date) ? [] : [[member, textOf(value)]],
      ),
      ...Object.entries(more).map(([member, list]) => [member, list.join(', ') || '-']),
    ];
    for (const line of tableOf([name, ''], rows)) out.record({ type: '' }, line);
  });

const textOf = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value);

const parsed = (document: unknown): unknown => JSON.parse(documentText(String(document)));

export const attachPolicy = (
  verb: 'Attach' | 'Detach',
  kind: Kind,
  [name, policy]: readonly [string, string],
  flags: IdentityFlags,
): Promise<number> =>
  withIdentity(flags, async (session) => {
    const PolicyArn = await policyArn(session, policy);
    await call(session, `${verb}${kind}Policy`, { [nameMember(kind)]: name, PolicyArn });
    const done = verb === 'Attach' ? 'Attached' : 'Detached';
    session.out.record(
      { type: verb.toLowerCase(), [nameMember(kind)]: name, PolicyArn },
      `${done} ${PolicyArn} ${verb === 'Attach' ? 'to' : 'from'} the ${lower(kind)} ${name}.`,
    );
  });

/** A policy that is of one user, group or role alone. */
export const useInlinePolicy = (
  act: 'get' | 'set' | 'delete',
  kind: Kind,
  [name, PolicyName, file]: readonly [string, string, string?],
  flags: IdentityFlags,
): Promise<number> =>
  withIdentity(flags, async (session) => {
    const at = { [nameMember(kind)]: name, PolicyName };
    if (act === 'get') {
      const { PolicyDocument } = await call(session, `Get${kind}Policy`, at);
      session.out.document(documentText(String(PolicyDocument)));
      return;
    }
    if (act === 'delete') await call(session, `Delete${kind}Policy`, at);
    else {
      const PolicyDocument = await readText(file!);
      await call(session, `Put${kind}Policy`, { ...at, PolicyDocument });
    }
    const done = act === 'set' ? 'Set' : 'Deleted';
    session.out.record(
      { type: 'inline-policy', ...at, act },
      `${done} the policy ${PolicyName} of the ${lower(kind)} ${name}.`,
    );
  });

export const useMembership = (
  act: 'add' | 'remove',
  GroupName: string,
  users: readonly string[],
  flags: IdentityFlags,
): Promise<number> =>
  withIdentity(flags, async (session) => {
    for (const UserName of users) {
      const operation = act === 'add' ? 'AddUserToGroup' : 'RemoveUserFromGroup';
      await call(session, operation, { GroupName, UserName });
      session.out.record(
        { type: 'membership', GroupName, UserName, act },
        act === 'add'
          ? `${UserName} is in the group ${GroupName}.`
          : `${UserName} is no longer in the group ${GroupName}.`,
      );
    }
  });

/** @param file undefined: it is printed */
export const useTrust = (
  RoleName: string,
  file: string | undefined,
  flags: IdentityFlags,
): Promise<number> =>
  withIdentity(flags, async (session) => {
    if (file !== undefined) {
      const PolicyDocument = await readText(file);
      await call(session, 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
      session.out.record({ type: 'trust', RoleName }, `Set whom the role ${RoleName} trusts.`);
      return;
    }
    const { AssumeRolePolicyDocument } = (await call(session, 'GetRole', { RoleName }))
      .Role as Line;
    if (AssumeRolePolicyDocument === undefined) {
      throw new CommandError(`The server gave no trust policy of the role ${RoleName}.`);
    }
    session.out.document(documentText(String(AssumeRolePolicyDocument)));
  });
