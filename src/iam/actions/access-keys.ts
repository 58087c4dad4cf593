/** CreateAccessKey, ListAccessKeys, GetAccessKeyLastUsed, UpdateAccessKey, DeleteAccessKey: of a user, or of the account itself. */
import { sealSecret } from '../../identity/access-key-secrets.ts';
import { keyUseKey } from '../../identity/key-uses.ts';
import { newId, newSecret, rootArn } from '../../identity/names.ts';
import { type AccessKeyRecord, accessKeyKey, type UserRecord } from '../../identity/records.ts';
import type { AccessKey } from '../../model/iam.gen.ts';
import type { MetaOp } from '../../store/meta/port.ts';
import { encodeRecord } from '../../store/record-codec.ts';
import { done, type IamAction, type Situation } from '../action.ts';
import { checkQuota } from '../checks.ts';
import { onUserOrCaller, userOrCaller } from '../entities.ts';
import { maxAccessKeys } from '../limits.ts';
import { pageOf } from '../pages.ts';
import { invalid, noSuchEntity, QueryError } from '../query/errors.ts';

const onOwner = ({ UserName }: { readonly UserName?: string | undefined }, situation: Situation) =>
  onUserOrCaller(UserName, situation);

/** @param user undefined for the account's own */
const keysOf = (user: UserRecord | undefined, { snapshot, account }: Situation) =>
  [...snapshot.keys.values()].filter(
    (key) => key.accountId === account.accountId && key.user === user?.id,
  );

/** Of a key that is the account's own, the account. */
const ownerName = (user: UserRecord | undefined, { account }: Situation): string =>
  user?.name ?? account.displayName;

const statusOf = ({ inactive }: AccessKeyRecord): string => (inactive ? 'Inactive' : 'Active');

const putKey = (key: AccessKeyRecord): MetaOp => ({
  op: 'put',
  at: accessKeyKey(key.accessKeyId),
  value: encodeRecord(key),
});

export const createAccessKey: IamAction<'CreateAccessKey'> = {
  on: onOwner,
  write({ UserName }, situation) {
    const user = userOrCaller(UserName, situation);
    const made = keysOf(user, situation).filter(({ configured }) => !configured);
    checkQuota(made.length + 1, maxAccessKeys, 'AccessKeysPerUser');
    const accessKeyId = newId('key');
    const secretAccessKey = newSecret();
    const key: AccessKeyRecord = {
      accessKeyId,
      accountId: situation.account.accountId,
      sealed: sealSecret(accessKeyId, secretAccessKey, situation.keySealer),
      configured: false,
      createdAt: situation.now,
      ...(user !== undefined && { user: user.id }),
    };
    const AccessKey: AccessKey = {
      UserName: ownerName(user, situation),
      AccessKeyId: accessKeyId,
      Status: statusOf(key),
      SecretAccessKey: secretAccessKey,
      CreateDate: new Date(situation.now),
    };
    return { ops: [putKey(key)], result: { AccessKey } };
  },
};

export const listAccessKeys: IamAction<'ListAccessKeys'> = {
  on: onOwner,
  read(input, situation) {
    const user = userOrCaller(input.UserName, situation);
    const { items, end } = pageOf(keysOf(user, situation), ({ accessKeyId }) => accessKeyId, input);
    const AccessKeyMetadata = items.map((key) => ({
      UserName: ownerName(user, situation),
      AccessKeyId: key.accessKeyId,
      Status: statusOf(key),
      CreateDate: new Date(key.createdAt ?? 0),
    }));
    return { AccessKeyMetadata, ...end };
  },
};

/** As AWS says of a key that was never used. */
const neverUsed = { ServiceName: 'N/A', Region: 'N/A' };

export const getAccessKeyLastUsed: IamAction<'GetAccessKeyLastUsed'> = {
  on({ AccessKeyId }, situation) {
    const { snapshot, account } = situation;
    // Whether there is such a key, only those learn who may.
    const id = snapshot.keys.get(AccessKeyId)?.user;
    const user = id === undefined ? undefined : snapshot.usersById.get(id);
    return user?.accountId === account.accountId
      ? onUserOrCaller(user.name, situation)
      : { arn: rootArn(account.number) };
  },
  async read({ AccessKeyId }, situation) {
    const user = userOfKey(AccessKeyId, situation);
    const use = await situation.keyUses.last(AccessKeyId);
    return {
      UserName: ownerName(user, situation),
      AccessKeyLastUsed:
        use === undefined
          ? neverUsed
          : {
              LastUsedDate: new Date(use.at),
              ServiceName: use.service,
              Region: use.region === '' ? neverUsed.Region : use.region,
            },
    };
  },
};

/** Undefined for a key of the account itself. @throws QueryError NoSuchEntity */
function userOfKey(id: string, { snapshot, account }: Situation): UserRecord | undefined {
  const key = snapshot.keys.get(id);
  if (key?.accountId !== account.accountId) throw noSuchEntity('Access Key', id);
  return key.user === undefined ? undefined : snapshot.usersById.get(key.user);
}

/** @throws QueryError NoSuchEntity, UnmodifiableEntity for one that settings give */
function ownKey(
  {
    AccessKeyId: id,
    UserName,
  }: { readonly AccessKeyId: string; readonly UserName?: string | undefined },
  situation: Situation,
): AccessKeyRecord {
  const user = userOrCaller(UserName, situation);
  const key = keysOf(user, situation).find(({ accessKeyId }) => accessKeyId === id);
  if (key === undefined) throw noSuchEntity('Access Key', id);
  if (key.configured) {
    throw new QueryError(
      'UnmodifiableEntity',
      `Access key ${id} is given by the server's settings, and changed there.`,
    );
  }
  return key;
}

export const updateAccessKey: IamAction<'UpdateAccessKey'> = {
  on: onOwner,
  write(input, situation) {
    const { inactive: _, ...key } = ownKey(input, situation);
    switch (input.Status) {
      case 'Active':
        return done(putKey(key));
      case 'Inactive':
        return done(putKey({ ...key, inactive: true }));
      default:
        throw invalid('Status is Active or Inactive.');
    }
  },
};

export const deleteAccessKey: IamAction<'DeleteAccessKey'> = {
  on: onOwner,
  write(input, situation) {
    const { accessKeyId } = ownKey(input, situation);
    return done(
      { op: 'delete', at: accessKeyKey(accessKeyId) },
      { op: 'delete', at: keyUseKey(accessKeyId) },
    );
  },
};
