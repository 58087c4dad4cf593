/** CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, and who is in one. */
import { longNamePattern, newId } from '../../identity/names.ts';
import type { GroupRecord, UserRecord } from '../../identity/records.ts';
import { groupsById } from '../../identity/snapshot.ts';
import { done, type IamAction, type Situation } from '../action.ts';
import { checkName, checkPath, checkQuota, refuseWhile } from '../checks.ts';
import {
  allOf,
  arnIn,
  deleteRecord,
  groupShape,
  named,
  onHolder,
  onList,
  putRecord,
  refuseTaken,
  userShape,
} from '../entities.ts';
import { maxGroups, maxGroupsOfUser } from '../limits.ts';
import { pageOf } from '../pages.ts';

const onGroup = ({ GroupName }: { readonly GroupName: string }, situation: Situation) =>
  onHolder('group', GroupName, situation);

export const createGroup: IamAction<'CreateGroup'> = {
  on: ({ GroupName: name, Path: path = '/' }, situation) => ({
    arn: arnIn(situation, 'group', { name, path }),
  }),
  write({ GroupName: name, Path: path = '/' }, situation) {
    checkName(name, longNamePattern, 'groupName');
    checkPath(path);
    refuseTaken('group', name, situation);
    checkQuota([...allOf('group', situation)].length + 1, maxGroups, 'GroupsPerAccount');
    const group: GroupRecord = {
      accountId: situation.account.accountId,
      id: newId('group'),
      name,
      path,
      createdAt: situation.now,
      attached: [],
      inline: {},
    };
    return { ops: [putRecord('group', group)], result: { Group: groupShape(group, situation) } };
  },
};

function* membersOf(group: GroupRecord, situation: Situation): Generator<UserRecord> {
  for (const user of allOf('user', situation)) if (user.groups.includes(group.id)) yield user;
}

export const getGroup: IamAction<'GetGroup'> = {
  on: onGroup,
  read(input, situation) {
    const group = named('group', input.GroupName, situation);
    const { items, end } = pageOf(membersOf(group, situation), ({ name }) => name, input);
    return {
      Group: groupShape(group, situation),
      Users: items.map((user) => userShape(user, situation)),
      ...end,
    };
  },
};

export const listGroups: IamAction<'ListGroups'> = {
  on: onList('group'),
  read(input, situation) {
    const groups = allOf('group', situation, input.PathPrefix);
    const { items, end } = pageOf(groups, ({ name }) => name, input);
    return { Groups: items.map((group) => groupShape(group, situation)), ...end };
  },
};

export const listGroupsForUser: IamAction<'ListGroupsForUser'> = {
  on: ({ UserName }, situation) => onHolder('user', UserName, situation),
  read(input, situation) {
    const { groups: ids } = named('user', input.UserName, situation);
    const known = groupsById(situation.snapshot);
    const groups = ids.flatMap((id) => known.get(id) ?? []);
    const { items, end } = pageOf(groups, ({ name }) => name, input);
    return { Groups: items.map((group) => groupShape(group, situation)), ...end };
  },
};

export const updateGroup: IamAction<'UpdateGroup'> = {
  on: onGroup,
  write({ GroupName, NewGroupName, NewPath }, situation) {
    const group = named('group', GroupName, situation);
    const name = NewGroupName ?? group.name;
    const path = NewPath ?? group.path;
    checkName(name, longNamePattern, 'newGroupName');
    checkPath(path);
    const isSameKey = name.toLowerCase() === group.name.toLowerCase();
    if (!isSameKey) refuseTaken('group', name, situation);
    const put = putRecord('group', { ...group, name, path });
    return isSameKey ? done(put) : done(deleteRecord('group', group), put);
  },
};

export const deleteGroup: IamAction<'DeleteGroup'> = {
  on: onGroup,
  write({ GroupName }, situation) {
    const group = named('group', GroupName, situation);
    const hasMembers = !membersOf(group, situation).next().done;
    refuseWhile(hasMembers, 'must remove users from group first.');
    refuseWhile(Object.keys(group.inline).length > 0, 'must delete policies first.');
    refuseWhile(group.attached.length > 0, 'must detach all policies first.');
    return done(deleteRecord('group', group));
  },
};

export const addUserToGroup: IamAction<'AddUserToGroup'> = {
  on: onGroup,
  write({ GroupName, UserName }, situation) {
    const group = named('group', GroupName, situation);
    const user = named('user', UserName, situation);
    if (user.groups.includes(group.id)) return done();
    checkQuota(user.groups.length + 1, maxGroupsOfUser, 'GroupsPerUser');
    return done(putRecord('user', { ...user, groups: [...user.groups, group.id] }));
  },
};

export const removeUserFromGroup: IamAction<'RemoveUserFromGroup'> = {
  on: onGroup,
  write({ GroupName, UserName }, situation) {
    const group = named('group', GroupName, situation);
    const user = named('user', UserName, situation);
    const groups = user.groups.filter((id) => id !== group.id);
    return groups.length === user.groups.length
      ? done()
      : done(putRecord('user', { ...user, groups }));
  },
};
