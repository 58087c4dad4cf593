/** Policies that belong to one user, group or role and go with it: put, shown, listed, deleted. */
import { longNamePattern } from '../../identity/names.ts';
import { type Action, done, type IamAction, type Situation } from '../action.ts';
import { checkName } from '../checks.ts';
import { checkChars, documentChars, policyDocument, shownDocument } from '../documents.ts';
import { type HolderInput, type HolderKind, holderIn, onHolderIn, putRecord } from '../entities.ts';
import { maxPolicyChars } from '../limits.ts';
import { type PageInput, pageOf } from '../pages.ts';
import { noSuchEntity } from '../query/errors.ts';

interface NameInput {
  readonly PolicyName: string;
}

interface DocumentInput extends NameInput {
  readonly PolicyDocument: string;
}

function putting<Kind extends HolderKind>(
  kind: Kind,
): Action<HolderInput[Kind] & DocumentInput, undefined> {
  return {
    on: onHolderIn(kind),
    write(input, situation) {
      const holder = holderIn(kind, input, situation);
      const { PolicyName: name } = input;
      checkName(name, longNamePattern, 'policyName');
      const most = maxPolicyChars[kind];
      const inline = new Map(Object.entries(holder.inline));
      inline.set(name, policyDocument(input.PolicyDocument, most));
      let chars = 0;
      for (const text of inline.values()) chars += documentChars(text);
      checkChars(chars, most);
      return done(putRecord(kind, { ...holder, inline: Object.fromEntries(inline) }));
    },
  };
}

/** @throws QueryError NoSuchEntity */
function documentOf<Kind extends HolderKind>(
  kind: Kind,
  input: HolderInput[Kind] & NameInput,
  situation: Situation,
) {
  const holder = holderIn(kind, input, situation);
  const { PolicyName: policy } = input;
  if (!Object.hasOwn(holder.inline, policy)) throw noSuchEntity(`${kind} policy`, policy);
  return { holder, text: holder.inline[policy]! };
}

function deleting<Kind extends HolderKind>(
  kind: Kind,
): Action<HolderInput[Kind] & NameInput, undefined> {
  return {
    on: onHolderIn(kind),
    write(input, situation) {
      const { holder } = documentOf(kind, input, situation);
      const others = Object.entries(holder.inline).filter(([name]) => name !== input.PolicyName);
      return done(putRecord(kind, { ...holder, inline: Object.fromEntries(others) }));
    },
  };
}

/** `output` adds whose it is. */
function getting<Kind extends HolderKind, Output>(
  kind: Kind,
  output: (holder: string, policy: { PolicyName: string; PolicyDocument: string }) => Output,
): Action<HolderInput[Kind] & NameInput, Output> {
  return {
    on: onHolderIn(kind),
    read(input, situation) {
      const { holder, text } = documentOf(kind, input, situation);
      const { PolicyName } = input;
      return output(holder.name, { PolicyName, PolicyDocument: shownDocument(text) });
    },
  };
}

function listing<Kind extends HolderKind>(kind: Kind) {
  type Input = HolderInput[Kind] & PageInput;
  return {
    on: onHolderIn(kind),
    read(input: Input, situation: Situation) {
      const { inline } = holderIn(kind, input, situation);
      const { items, end } = pageOf(Object.keys(inline), (name) => name, input);
      return { PolicyNames: items, ...end };
    },
  };
}

export const putUserPolicy: IamAction<'PutUserPolicy'> = putting('user');
export const putGroupPolicy: IamAction<'PutGroupPolicy'> = putting('group');
export const putRolePolicy: IamAction<'PutRolePolicy'> = putting('role');
export const deleteUserPolicy: IamAction<'DeleteUserPolicy'> = deleting('user');
export const deleteGroupPolicy: IamAction<'DeleteGroupPolicy'> = deleting('group');
export const deleteRolePolicy: IamAction<'DeleteRolePolicy'> = deleting('role');
export const listUserPolicies: IamAction<'ListUserPolicies'> = listing('user');
export const listGroupPolicies: IamAction<'ListGroupPolicies'> = listing('group');
export const listRolePolicies: IamAction<'ListRolePolicies'> = listing('role');

export const getUserPolicy: IamAction<'GetUserPolicy'> = getting('user', (UserName, policy) => ({
  UserName,
  ...policy,
}));
export const getGroupPolicy: IamAction<'GetGroupPolicy'> = getting(
  'group',
  (GroupName, policy) => ({
    GroupName,
    ...policy,
  }),
);
export const getRolePolicy: IamAction<'GetRolePolicy'> = getting('role', (RoleName, policy) => ({
  RoleName,
  ...policy,
}));
