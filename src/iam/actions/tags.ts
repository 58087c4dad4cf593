/** Tags of users, roles and policies. */
import type { Tag } from '../../model/iam.gen.ts';
import { done, type IamAction, type Situation } from '../action.ts';
import { requestTagFacts, tagList, tagsOf, withoutTags } from '../checks.ts';
import { named, onHolder, putRecord } from '../entities.ts';
import { type PageInput, pageOf } from '../pages.ts';
import { onPolicy, ownPolicy, usablePolicy } from './policies.ts';

const onTagged = (
  kind: 'user' | 'role',
  name: string,
  situation: Situation,
  tags: readonly Tag[] | undefined,
) => onHolder(kind, name, situation, requestTagFacts(tags));

const tagPage = (tags: Readonly<Record<string, string>>, input: PageInput) => {
  const { items, end } = pageOf(tagList(tags), ({ Key }) => Key, input);
  return { Tags: items, ...end };
};

export const tagUser: IamAction<'TagUser'> = {
  on: ({ UserName, Tags }, situation) => onTagged('user', UserName, situation, Tags),
  write({ UserName, Tags }, situation) {
    const user = named('user', UserName, situation);
    return done(putRecord('user', { ...user, tags: tagsOf(Tags, user.tags) }));
  },
};

export const untagUser: IamAction<'UntagUser'> = {
  on: ({ UserName }, situation) => onHolder('user', UserName, situation),
  write({ UserName, TagKeys }, situation) {
    const user = named('user', UserName, situation);
    return done(putRecord('user', { ...user, tags: withoutTags(user.tags, TagKeys) }));
  },
};

export const listUserTags: IamAction<'ListUserTags'> = {
  on: ({ UserName }, situation) => onHolder('user', UserName, situation),
  read: (input, situation) => tagPage(named('user', input.UserName, situation).tags, input),
};

export const tagRole: IamAction<'TagRole'> = {
  on: ({ RoleName, Tags }, situation) => onTagged('role', RoleName, situation, Tags),
  write({ RoleName, Tags }, situation) {
    const role = named('role', RoleName, situation);
    return done(putRecord('role', { ...role, tags: tagsOf(Tags, role.tags) }));
  },
};

export const untagRole: IamAction<'UntagRole'> = {
  on: ({ RoleName }, situation) => onHolder('role', RoleName, situation),
  write({ RoleName, TagKeys }, situation) {
    const role = named('role', RoleName, situation);
    return done(putRecord('role', { ...role, tags: withoutTags(role.tags, TagKeys) }));
  },
};

export const listRoleTags: IamAction<'ListRoleTags'> = {
  on: ({ RoleName }, situation) => onHolder('role', RoleName, situation),
  read: (input, situation) => tagPage(named('role', input.RoleName, situation).tags, input),
};

export const tagPolicy: IamAction<'TagPolicy'> = {
  on(input, situation) {
    const { arn, facts } = onPolicy(input, situation);
    return { arn, facts: { ...facts, ...requestTagFacts(input.Tags) } };
  },
  write({ PolicyArn, Tags }, situation) {
    const policy = ownPolicy(PolicyArn, situation);
    return done(putRecord('policy', { ...policy, tags: tagsOf(Tags, policy.tags) }));
  },
};

export const untagPolicy: IamAction<'UntagPolicy'> = {
  on: onPolicy,
  write({ PolicyArn, TagKeys }, situation) {
    const policy = ownPolicy(PolicyArn, situation);
    return done(putRecord('policy', { ...policy, tags: withoutTags(policy.tags, TagKeys) }));
  },
};

export const listPolicyTags: IamAction<'ListPolicyTags'> = {
  on: onPolicy,
  read: (input, situation) => tagPage(usablePolicy(input.PolicyArn, situation).tags, input),
};
