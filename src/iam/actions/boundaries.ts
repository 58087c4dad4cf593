/** Permissions boundaries: PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and the same of roles. */
import { done, type Facts, type IamAction, type Situation } from '../action.ts';
import { named, onHolder, putRecord } from '../entities.ts';
import { noSuchEntity } from '../query/errors.ts';
import { usablePolicy } from './policies.ts';

/** What policies may ask of the boundary that a request names. */
export const boundaryFacts = (arn: string | undefined): Facts =>
  arn === undefined ? {} : { 'iam:permissionsboundary': [arn] };

/** @throws QueryError NoSuchEntity */
export function boundaryPolicy(arn: string, situation: Situation): string {
  usablePolicy(arn, situation);
  return arn;
}

export const putUserPermissionsBoundary: IamAction<'PutUserPermissionsBoundary'> = {
  on: ({ UserName, PermissionsBoundary: arn }, situation) =>
    onHolder('user', UserName, situation, boundaryFacts(arn)),
  write: ({ UserName, PermissionsBoundary: arn }, situation) =>
    done(
      putRecord('user', {
        ...named('user', UserName, situation),
        boundary: boundaryPolicy(arn, situation),
      }),
    ),
};

export const putRolePermissionsBoundary: IamAction<'PutRolePermissionsBoundary'> = {
  on: ({ RoleName, PermissionsBoundary: arn }, situation) =>
    onHolder('role', RoleName, situation, boundaryFacts(arn)),
  write: ({ RoleName, PermissionsBoundary: arn }, situation) =>
    done(
      putRecord('role', {
        ...named('role', RoleName, situation),
        boundary: boundaryPolicy(arn, situation),
      }),
    ),
};

export const deleteUserPermissionsBoundary: IamAction<'DeleteUserPermissionsBoundary'> = {
  on: ({ UserName }, situation) => onHolder('user', UserName, situation),
  write({ UserName }, situation) {
    const { boundary, ...user } = named('user', UserName, situation);
    if (boundary === undefined) throw noBoundary(UserName);
    return done(putRecord('user', user));
  },
};

export const deleteRolePermissionsBoundary: IamAction<'DeleteRolePermissionsBoundary'> = {
  on: ({ RoleName }, situation) => onHolder('role', RoleName, situation),
  write({ RoleName }, situation) {
    const { boundary, ...role } = named('role', RoleName, situation);
    if (boundary === undefined) throw noBoundary(RoleName);
    return done(putRecord('role', role));
  },
};

const noBoundary = (name: string) => noSuchEntity('permissions boundary', name);
