/**
 * `/api/grants`: ready-made roles on buckets, put and taken back as inline policies by IAM's own operations, with the
 * rights that these need.
 */
import { createHash } from 'node:crypto';
import type { Ask } from '../ask.ts';
import { AdminError } from '../errors.ts';
import { type GrantedRole, grantedBy, policyNameOf, roleDocument } from '../granted-roles.ts';
import type { Handlers } from '../handlers.ts';
import type { RunIam } from './iam.ts';

type Kind = 'user' | 'group' | 'role';

const operations = {
  user: {
    holder: 'UserName',
    put: 'PutUserPolicy',
    get: 'GetUserPolicy',
    remove: 'DeleteUserPolicy',
    list: 'ListUserPolicies',
  },
  group: {
    holder: 'GroupName',
    put: 'PutGroupPolicy',
    get: 'GetGroupPolicy',
    remove: 'DeleteGroupPolicy',
    list: 'ListGroupPolicies',
  },
  role: {
    holder: 'RoleName',
    put: 'PutRolePolicy',
    get: 'GetRolePolicy',
    remove: 'DeleteRolePolicy',
    list: 'ListRolePolicies',
  },
} as const;

/** Hex digits of a prefix's hash in the name of its policy. */
const hashChars = 16;
const hash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, hashChars);

type Names = 'listGrants' | 'putGrant' | 'deleteGrant';

export function grantsResource(run: RunIam): Pick<Handlers, Names> {
  async function policyNames(ask: Ask, kind: Kind, name: string): Promise<readonly string[]> {
    const { holder, list } = operations[kind];
    const names: string[] = [];
    let marker: unknown;
    do {
      const answer = await run(ask, list, { [holder]: name, Marker: marker });
      names.push(...(answer.PolicyNames as string[]));
      marker = answer.Marker;
    } while (marker !== undefined);
    return names;
  }

  async function granted(ask: Ask, kind: Kind, name: string, policyName: string) {
    const { holder, get } = operations[kind];
    const answer = await run(ask, get, { [holder]: name, PolicyName: policyName });
    return grantedBy(policyName, answer.PolicyDocument as string);
  }

  return {
    async listGrants({ kind, name }, ask) {
      const names = await policyNames(ask, kind, name);
      const items = [];
      for (const policyName of names.filter((one) => one.startsWith('kist.'))) {
        const found = await granted(ask, kind, name, policyName);
        if (found !== undefined) items.push({ kind, name, ...found, policyName });
      }
      return { items };
    },
    async putGrant({ kind, name, ...grant }, ask) {
      const { holder, put } = operations[kind];
      const policyName = policyNameOf(grant, hash);
      await run(ask, put, {
        [holder]: name,
        PolicyName: policyName,
        PolicyDocument: roleDocument(grant),
      });
      return { kind, name, ...grant, policyName };
    },
    async deleteGrant({ kind, name, ...grant }, ask) {
      const policyName = policyNameOf(grant, hash);
      const found = await granted(ask, kind, name, policyName);
      if (found === undefined || !sameGrant(found, grant)) {
        throw new AdminError(
          'Conflict',
          `The policy ${policyName} was changed by hand, and is to be deleted as one of yours.`,
        );
      }
      const { holder, remove } = operations[kind];
      await run(ask, remove, { [holder]: name, PolicyName: policyName });
      return undefined;
    },
  };
}

const sameGrant = (one: GrantedRole, other: GrantedRole): boolean =>
  one.role === other.role && one.bucket === other.bucket && one.prefix === other.prefix;
