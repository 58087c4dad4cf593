/** CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser. */
import { namePattern, newId, rootArn } from '../../identity/names.ts';
import type { UserRecord } from '../../identity/records.ts';
import type { User } from '../../model/iam.gen.ts';
import { done, type IamAction, type Situation, type Target } from '../action.ts';
import {
  checkName,
  checkPath,
  checkQuota,
  refuseWhile,
  requestTagFacts,
  tagsOf,
} from '../checks.ts';
import {
  allOf,
  arnIn,
  deleteRecord,
  named,
  onHolder,
  onList,
  onUserOrCaller,
  putRecord,
  refuseTaken,
  userOrCaller,
  userShape,
} from '../entities.ts';
import { maxUsers } from '../limits.ts';
import { pageOf } from '../pages.ts';
import { boundaryFacts, boundaryPolicy } from './boundaries.ts';

export const createUser: IamAction<'CreateUser'> = {
  on: ({ UserName: name, Path: path = '/', PermissionsBoundary: boundary, Tags }, situation) => ({
    arn: arnIn(situation, 'user', { name, path }),
    facts: { ...boundaryFacts(boundary), ...requestTagFacts(Tags) },
  }),
  write({ UserName: name, Path: path = '/', PermissionsBoundary: boundary, Tags }, situation) {
    checkName(name, namePattern, 'userName');
    checkPath(path);
    const tags = tagsOf(Tags);
    refuseTaken('user', name, situation);
    checkQuota([...allOf('user', situation)].length + 1, maxUsers, 'UsersPerAccount');
    const user: UserRecord = {
      accountId: situation.account.accountId,
      id: newId('user'),
      name,
      path,
      createdAt: situation.now,
      attached: [],
      inline: {},
      groups: [],
      tags,
      ...(boundary !== undefined && { boundary: boundaryPolicy(boundary, situation) }),
    };
    return { ops: [putRecord('user', user)], result: { User: userShape(user, situation) } };
  },
};

export const getUser: IamAction<'GetUser'> = {
  on: ({ UserName }, situation) => onUserOrCaller(UserName, situation),
  read({ UserName }, situation) {
    const user = userOrCaller(UserName, situation);
    return { User: user === undefined ? accountItself(situation) : userShape(user, situation) };
  },
};

/** The account, in the shape of a user. */
const accountItself = ({ account }: Situation): User => ({
  Path: '/',
  UserName: account.displayName,
  UserId: account.number,
  Arn: rootArn(account.number),
  CreateDate: new Date(0),
});

export const listUsers: IamAction<'ListUsers'> = {
  on: onList('user'),
  read(input, situation) {
    const { items, end } = pageOf(
      allOf('user', situation, input.PathPrefix),
      ({ name }) => name,
      input,
    );
    return { Users: items.map((user) => userShape(user, situation)), ...end };
  },
};

export const updateUser: IamAction<'UpdateUser'> = {
  on: ({ UserName }, situation): Target => onHolder('user', UserName, situation),
  write({ UserName, NewUserName: newName, NewPath: newPath }, situation) {
    const user = named('user', UserName, situation);
    const name = newName ?? user.name;
    const path = newPath ?? user.path;
    checkName(name, namePattern, 'newUserName');
    checkPath(path);
    const isSameKey = name.toLowerCase() === user.name.toLowerCase();
    if (!isSameKey) refuseTaken('user', name, situation);
    const put = putRecord('user', { ...user, name, path });
    return isSameKey ? done(put) : done(deleteRecord('user', user), put);
  },
};

export const deleteUser: IamAction<'DeleteUser'> = {
  on: ({ UserName }, situation) => onHolder('user', UserName, situation),
  write({ UserName }, situation) {
    const user = named('user', UserName, situation);
    const keys = [...situation.snapshot.keys.values()].filter((key) => key.user === user.id);
    refuseWhile(keys.length > 0, 'must delete access keys first.');
    refuseWhile(Object.keys(user.inline).length > 0, 'must delete policies first.');
    refuseWhile(user.attached.length > 0, 'must detach all policies first.');
    refuseWhile(user.groups.length > 0, 'must remove users from group first.');
    return done(deleteRecord('user', user));
  },
};
