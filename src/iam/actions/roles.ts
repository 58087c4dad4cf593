/** CreateRole, GetRole, ListRoles, UpdateRole and its trust policy, DeleteRole. */
import { namePattern, newId } from '../../identity/names.ts';
import type { RoleRecord } from '../../identity/records.ts';
import { done, type IamAction, type Situation } from '../action.ts';
import {
  checkDescription,
  checkName,
  checkPath,
  checkQuota,
  refuseWhile,
  requestTagFacts,
  tagsOf,
} from '../checks.ts';
import { trustDocument } from '../documents.ts';
import {
  allOf,
  arnIn,
  deleteRecord,
  named,
  onHolder,
  onList,
  putRecord,
  refuseTaken,
  roleShape,
} from '../entities.ts';
import { defaultRoleSessionSeconds, maxRoleSessionSeconds, maxRoles } from '../limits.ts';
import { emptyPage, pageOf } from '../pages.ts';
import { invalid } from '../query/errors.ts';
import { boundaryFacts, boundaryPolicy } from './boundaries.ts';

const onRole = ({ RoleName }: { readonly RoleName: string }, situation: Situation) =>
  onHolder('role', RoleName, situation);

/** No shorter than an hour. */
function checkSessionSeconds(seconds: number): void {
  if (seconds >= defaultRoleSessionSeconds && seconds <= maxRoleSessionSeconds) return;
  throw invalid(
    `MaxSessionDuration is ${seconds}, and must be between ${defaultRoleSessionSeconds} and ${maxRoleSessionSeconds}.`,
  );
}

export const createRole: IamAction<'CreateRole'> = {
  on: ({ RoleName: name, Path: path = '/', PermissionsBoundary: boundary, Tags }, situation) => ({
    arn: arnIn(situation, 'role', { name, path }),
    facts: { ...boundaryFacts(boundary), ...requestTagFacts(Tags) },
  }),
  write(input, situation) {
    const { RoleName: name, Path: path = '/', Description, PermissionsBoundary } = input;
    const { MaxSessionDuration: maxSessionSeconds = defaultRoleSessionSeconds } = input;
    checkName(name, namePattern, 'roleName');
    checkPath(path);
    checkDescription(Description);
    checkSessionSeconds(maxSessionSeconds);
    const trust = trustDocument(input.AssumeRolePolicyDocument);
    const tags = tagsOf(input.Tags);
    refuseTaken('role', name, situation);
    checkQuota([...allOf('role', situation)].length + 1, maxRoles, 'RolesPerAccount');
    const role: RoleRecord = {
      accountId: situation.account.accountId,
      id: newId('role'),
      name,
      path,
      createdAt: situation.now,
      attached: [],
      inline: {},
      trust,
      maxSessionSeconds,
      tags,
      ...(Description !== undefined && { description: Description }),
      ...(PermissionsBoundary !== undefined && {
        boundary: boundaryPolicy(PermissionsBoundary, situation),
      }),
    };
    return { ops: [putRecord('role', role)], result: { Role: roleShape(role, situation) } };
  },
};

export const getRole: IamAction<'GetRole'> = {
  on: onRole,
  read: ({ RoleName }, situation) => ({
    Role: roleShape(named('role', RoleName, situation), situation),
  }),
};

export const listRoles: IamAction<'ListRoles'> = {
  on: onList('role'),
  read(input, situation) {
    const roles = allOf('role', situation, input.PathPrefix);
    const { items, end } = pageOf(roles, ({ name }) => name, input);
    return { Roles: items.map((role) => roleShape(role, situation)), ...end };
  },
};

export const updateRole: IamAction<'UpdateRole'> = {
  on: onRole,
  write({ RoleName, Description, MaxSessionDuration }, situation) {
    const role = named('role', RoleName, situation);
    checkDescription(Description);
    if (MaxSessionDuration !== undefined) checkSessionSeconds(MaxSessionDuration);
    const put = putRecord('role', {
      ...role,
      ...(Description !== undefined && { description: Description }),
      ...(MaxSessionDuration !== undefined && { maxSessionSeconds: MaxSessionDuration }),
    });
    return { ops: [put], result: {} };
  },
};

export const updateRoleDescription: IamAction<'UpdateRoleDescription'> = {
  on: onRole,
  write({ RoleName, Description }, situation) {
    checkDescription(Description);
    const role = { ...named('role', RoleName, situation), description: Description };
    return { ops: [putRecord('role', role)], result: { Role: roleShape(role, situation) } };
  },
};

export const updateAssumeRolePolicy: IamAction<'UpdateAssumeRolePolicy'> = {
  on: onRole,
  write: ({ RoleName, PolicyDocument }, situation) =>
    done(
      putRecord('role', {
        ...named('role', RoleName, situation),
        trust: trustDocument(PolicyDocument),
      }),
    ),
};

export const deleteRole: IamAction<'DeleteRole'> = {
  on: onRole,
  write({ RoleName }, situation) {
    const role = named('role', RoleName, situation);
    refuseWhile(Object.keys(role.inline).length > 0, 'must delete policies first.');
    refuseWhile(role.attached.length > 0, 'must detach all policies first.');
    return done(deleteRecord('role', role));
  },
};

/** There are no machines here that a role could be on. */
export const listInstanceProfilesForRole: IamAction<'ListInstanceProfilesForRole'> = {
  on: onRole,
  read(input, situation) {
    named('role', input.RoleName, situation);
    return { InstanceProfiles: [], ...emptyPage(input) };
  },
};
