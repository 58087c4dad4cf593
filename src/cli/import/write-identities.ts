/**
 * Identities that were found elsewhere, made in the account that the target's key is of. What is there already and says
 * the same stays; what says something else is set.
 */
import { S3Error } from '../../client/s3-error.ts';
import { call, type Kind } from '../identity/entities.ts';
import { documentText, type IdentitySession } from '../identity/identity-session.ts';
import { setDocument } from '../identity/policies-and-keys.ts';
import { type AccountNumbers, rewriteAccounts, withAccount } from './account-numbers.ts';
import type {
  Documents,
  Identities,
  PolicyFound,
  RoleFound,
  Tag,
  UserFound,
} from './identities.ts';
import { unknownActions } from './known-actions.ts';
import type { KeyMaker } from './new-keys.ts';
import { heldBy, policyFound, roleFound, userFound } from './read-iam.ts';
import type { Report } from './report.ts';

export interface Writing {
  readonly target: IdentitySession;
  readonly report: Report;
  readonly numbers: AccountNumbers & { readonly target: string };
  readonly keys: KeyMaker;
}

interface Held {
  readonly attached: readonly string[];
  readonly inline: Documents;
}

const nothingHeld: Held = { attached: [], inline: {} };
const managedByAws = 'arn:aws:iam::aws:policy/';

export async function writeIdentities(writing: Writing, found: Identities): Promise<void> {
  const readyMade = await readyMadePolicies(writing);
  for (const policy of found.policies) await writePolicy(writing, policy);
  for (const group of found.groups) {
    const { target } = writing;
    const { name: GroupName, path: Path } = group;
    const there = await orNone(async () => {
      await target.iam.call('GetGroup', { GroupName });
      return heldBy(target, 'Group', GroupName);
    });
    const make = () => target.iam.call('CreateGroup', { GroupName, Path });
    if (await made(writing, 'Group', GroupName, there !== undefined, make)) {
      await writeHeld(writing, 'Group', group, there ?? nothingHeld, readyMade);
    }
  }
  for (const user of found.users) await writeUser(writing, user, readyMade);
  for (const role of found.roles) await writeRole(writing, role, readyMade);
}

/** ARNs. */
async function readyMadePolicies({ target }: Writing): Promise<ReadonlySet<string>> {
  const found = await target.all<{ Arn?: string }>('ListPolicies', 'Policies', { Scope: 'AWS' });
  return new Set(found.map(({ Arn = '' }) => Arn));
}

async function orNone<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof S3Error && error.code === 'NoSuchEntity') return undefined;
    throw error;
  }
}

async function made(
  { report }: Writing,
  kind: Kind,
  name: string,
  isThere: boolean,
  make: () => Promise<unknown>,
): Promise<boolean> {
  if (!isThere) {
    const noun = kind.toLowerCase();
    return report.step({ kind: noun, name, text: `make the ${noun} ${name}` }, make);
  }
  report.there();
  return true;
}

/** Of a policy of one's own in the target. */
const ownArn = ({ numbers }: Writing, path: string, name: string): string =>
  `arn:aws:iam::${numbers.target}:policy${path}${name}`;

/** An ARN of the source, or the name of one of its policies. */
function arnInTarget(writing: Writing, policy: string): string {
  if (!policy.startsWith('arn:')) return ownArn(writing, '/', policy);
  const { source, target } = writing.numbers;
  return source === undefined ? policy : withAccount(policy, source, target);
}

async function writePolicy(writing: Writing, policy: PolicyFound): Promise<void> {
  const { target, report } = writing;
  const { name, path, description: Description, tags } = policy;
  const PolicyArn = ownArn(writing, path, name);
  const text = rewrittenText(writing, `the policy ${name}`, policy.document);
  const there = await orNone(() => policyFound(target, PolicyArn));
  if (there !== undefined && sameDocument(there.document, text.document)) report.there();
  else {
    text.tell();
    await report.step(
      { kind: 'policy', name, text: `${there ? 'set' : 'make'} the policy ${name}` },
      () =>
        there
          ? setDocument(target, PolicyArn, text.document)
          : target.iam.call('CreatePolicy', {
              PolicyName: name,
              Path: path,
              Description,
              PolicyDocument: text.document,
              ...(tags.length > 0 && { Tags: [...tags] }),
            } as never),
    );
  }
  if (there !== undefined)
    await writeTags(writing, 'policy', name, tags, there.tags, { PolicyArn });
}

/** The document with the target's account number; `tell` says what that changed, and which actions have no effect. */
function rewrittenText({ report, numbers }: Writing, where: string, given: string) {
  const { document, rewrites } = rewriteAccounts(parsed(given), numbers);
  return {
    document: rewrites.length === 0 ? given : JSON.stringify(document, null, 2),
    tell() {
      for (const { from, to } of rewrites) report.rewritten(where, from, to);
      for (const action of unknownActions(document)) {
        report.left(
          'action',
          action,
          `in ${where}: Kist has no such action, so that it has no effect`,
        );
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The target refuses it, and says why.
    return text;
  }
}

const sameDocument = (a: string, b: string): boolean =>
  JSON.stringify(parsed(documentText(a))) === JSON.stringify(parsed(documentText(b)));

async function writeHeld(
  writing: Writing,
  kind: Kind,
  { name, attached, inline }: Held & { readonly name: string },
  there: Held,
  readyMade: ReadonlySet<string>,
): Promise<void> {
  const { target, report } = writing;
  const noun = kind.toLowerCase();
  const at = { [`${kind}Name`]: name };
  for (const [PolicyName, given] of Object.entries(inline)) {
    const text = rewrittenText(writing, `the policy ${PolicyName} of the ${noun} ${name}`, given);
    const known = there.inline[PolicyName];
    if (known !== undefined && sameDocument(known, text.document)) {
      report.there();
      continue;
    }
    text.tell();
    await report.step(
      {
        kind: 'inlinePolicy',
        name: `${name}/${PolicyName}`,
        text: `set the policy ${PolicyName} of the ${noun} ${name}`,
      },
      () => call(target, `Put${kind}Policy`, { ...at, PolicyName, PolicyDocument: text.document }),
    );
  }
  for (const policy of attached) {
    const PolicyArn = arnInTarget(writing, policy);
    if (PolicyArn.startsWith(managedByAws) && !readyMade.has(PolicyArn)) {
      report.left('attachment', `${name}: ${PolicyArn}`, 'Kist has no such ready-made policy');
      continue;
    }
    if (there.attached.includes(PolicyArn)) report.there();
    else {
      await report.step(
        {
          kind: 'attachment',
          name: `${name}: ${PolicyArn}`,
          text: `give the ${noun} ${name} the policy ${PolicyArn}`,
        },
        () => call(target, `Attach${kind}Policy`, { ...at, PolicyArn }),
      );
    }
  }
}

async function writeUser(
  writing: Writing,
  user: UserFound,
  readyMade: ReadonlySet<string>,
): Promise<void> {
  const { target, report, keys } = writing;
  const { name: UserName, path: Path, tags } = user;
  const there = await orNone(() => userFound(target, UserName));
  const PermissionsBoundary = user.boundary && arnInTarget(writing, user.boundary);
  const make = () =>
    target.iam.call('CreateUser', {
      UserName,
      Path,
      PermissionsBoundary,
      ...(tags.length > 0 && { Tags: [...tags] }),
    } as never);
  if (!(await made(writing, 'User', UserName, there !== undefined, make))) return;
  if (there !== undefined) {
    await writeTags(writing, 'user', UserName, tags, there.tags, { UserName });
    await writeBoundary(writing, 'User', UserName, PermissionsBoundary, there.boundary);
  }
  for (const GroupName of user.groups) {
    if (there?.groups.includes(GroupName)) report.there();
    else {
      await report.step(
        {
          kind: 'membership',
          name: `${GroupName}/${UserName}`,
          text: `put the user ${UserName} into the group ${GroupName}`,
        },
        () => target.iam.call('AddUserToGroup', { GroupName, UserName }),
      );
    }
  }
  await writeHeld(writing, 'User', user, there ?? nothingHeld, readyMade);
  await keys.make(user, there?.activeKeys ?? []);
}

/** Who may assume it, by the kind of principal. */
const isForServicesAlone = (trust: unknown): boolean => {
  const { Statement = [] } = (trust ?? {}) as { Statement?: unknown };
  const statements = [Statement].flat() as readonly { Principal?: unknown }[];
  return statements.every(({ Principal }) => {
    const kinds = typeof Principal === 'object' && Principal !== null ? Object.keys(Principal) : [];
    return kinds.length > 0 && kinds.every((kind) => kind === 'Service');
  });
};

async function writeRole(
  writing: Writing,
  role: RoleFound,
  readyMade: ReadonlySet<string>,
): Promise<void> {
  const { target, report } = writing;
  const { name: RoleName, path: Path, tags, description: Description } = role;
  if (isForServicesAlone(parsed(role.trust))) {
    report.left('role', RoleName, 'only services of AWS may assume it, and there are none here');
    return;
  }
  const trust = rewrittenText(writing, `the trust policy of the role ${RoleName}`, role.trust);
  const there = await orNone(() => roleFound(target, RoleName));
  const PermissionsBoundary = role.boundary && arnInTarget(writing, role.boundary);
  const make = () => {
    trust.tell();
    return target.iam.call('CreateRole', {
      RoleName,
      Path,
      Description,
      MaxSessionDuration: role.maxSessionSeconds,
      AssumeRolePolicyDocument: trust.document,
      PermissionsBoundary,
      ...(tags.length > 0 && { Tags: [...tags] }),
    } as never);
  };
  if (there === undefined && report.dryRun) trust.tell();
  if (!(await made(writing, 'Role', RoleName, there !== undefined, make))) return;
  if (there !== undefined) {
    if (!sameDocument(there.trust, trust.document)) {
      trust.tell();
      await report.step(
        { kind: 'trust', name: RoleName, text: `set whom the role ${RoleName} trusts` },
        () =>
          target.iam.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust.document }),
      );
    }
    await writeTags(writing, 'role', RoleName, tags, there.tags, { RoleName });
    await writeBoundary(writing, 'Role', RoleName, PermissionsBoundary, there.boundary);
  }
  await writeHeld(writing, 'Role', role, there ?? nothingHeld, readyMade);
}

/** Tags that only the target has stay. */
async function writeTags(
  { target, report }: Writing,
  noun: 'user' | 'role' | 'policy',
  name: string,
  tags: readonly Tag[],
  there: readonly Tag[],
  at: object,
): Promise<void> {
  const missing = tags.filter(
    ({ Key, Value }) => !there.some((one) => one.Key === Key && one.Value === Value),
  );
  if (missing.length === 0) return;
  const operation = { user: 'TagUser', role: 'TagRole', policy: 'TagPolicy' }[noun];
  await report.step({ kind: 'tags', name, text: `set tags of the ${noun} ${name}` }, () =>
    call(target, operation, { ...at, Tags: missing }),
  );
}

async function writeBoundary(
  { target, report }: Writing,
  kind: 'User' | 'Role',
  name: string,
  PermissionsBoundary: string | undefined,
  there: string | undefined,
): Promise<void> {
  if (!PermissionsBoundary || PermissionsBoundary === there) return;
  const noun = kind.toLowerCase();
  await report.step(
    {
      kind: 'boundary',
      name,
      text: `set the boundary of the ${noun} ${name}: ${PermissionsBoundary}`,
    },
    () =>
      call(target, `Put${kind}PermissionsBoundary`, { [`${kind}Name`]: name, PermissionsBoundary }),
  );
}
