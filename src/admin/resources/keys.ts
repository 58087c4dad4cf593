/** `/api/keys`: the state, secret, end and rate of one access key. Making and deleting them is IAM's. */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import { setKeyExpiry, setKeyLimits } from '../../identity/key-limits.ts';
import type { AccessKeyRecord } from '../../identity/records.ts';
import { rotateAccessKey } from '../../identity/rotate-key.ts';
import type { KistAction } from '../../policy/language/kist-actions.ts';
import type { Ask } from '../ask.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import { AdminError, notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import type { limitRoutes } from '../limit-routes.ts';
import { isoTime } from '../schemas/values.ts';
import { rateOf } from './limit-shapes.ts';

export interface KeysDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current' | 'keySealer'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Names = Extract<keyof typeof limitRoutes, `${string}Key${string}`>;
type KeyAction = Extract<KistAction, `kist:${string}Key${string}`>;

export function keysResource({ directory, now }: KeysDeps): Pick<Handlers, Names> {
  /** @param whose who may be allowed it: the account that has the key, or the server's root alone */
  async function keyFor(
    ask: Ask,
    action: KeyAction,
    accessKeyId: string,
    whose: 'account' | 'server' = 'account',
  ): Promise<AccessKeyRecord> {
    const key = (await directory.current()).keys.get(accessKeyId);
    const { accountId } = key ?? ask.signer.account;
    authorise(ask, action, arns.key(accessKeyId), whose === 'server' ? 'server' : { accountId });
    if (key !== undefined) return key;
    // Nobody else learns which keys there are.
    throw isRoot(ask) ? notFound('access key', accessKeyId) : new AdminError('AccessDenied');
  }

  /** Neither does a user become the account, nor a session what outlives it: as with IAM's own operations. */
  function refuseStandIn(ask: Ask, { accountId, user }: AccessKeyRecord): void {
    const { account, principal } = ask.signer;
    const deny = (reason: string) => new AdminError('AccessDenied', undefined, { reason });
    if (ask.isTemporary && principal?.kind !== 'role') throw deny('it is asked for by a session');
    if (user === undefined && principal !== undefined && account.accountId === accountId) {
      throw deny("the account's own keys are for the account itself");
    }
  }

  async function expire(ask: Ask, accessKeyId: string, expiresAt: number | undefined) {
    const key = await keyFor(ask, 'kist:PutKeyExpiry', accessKeyId);
    refuseStandIn(ask, key);
    if (key.configured) {
      const message = `Access key ${accessKeyId} is given by the server's settings, and changed there.`;
      throw new AdminError('Conflict', message);
    }
    const found = await setKeyExpiry(directory, accessKeyId, expiresAt);
    if (!found) throw notFound('access key', accessKeyId);
  }

  async function limit(ask: Ask, accessKeyId: string, rate: Parameters<typeof setKeyLimits>[2]) {
    await keyFor(ask, 'kist:PutKeyRate', accessKeyId, 'server');
    const found = await setKeyLimits(directory, accessKeyId, rate);
    if (!found) throw notFound('access key', accessKeyId);
  }

  return {
    async getKey({ accessKeyId }, ask) {
      const key = await keyFor(ask, 'kist:GetKey', accessKeyId);
      const { createdAt, expiresAt, previous, user } = key;
      const userName = user && (await directory.current()).usersById.get(user)?.name;
      return {
        accessKeyId,
        account: key.accountId,
        ...(userName !== undefined && { user: userName }),
        active: key.inactive !== true && (expiresAt === undefined || expiresAt > now()),
        configured: key.configured,
        ...(createdAt !== undefined && { createdAt: isoTime(createdAt) }),
        ...(expiresAt !== undefined && { expiresAt: isoTime(expiresAt) }),
        ...(previous !== undefined &&
          previous.until > now() && { previousSecretUntil: isoTime(previous.until) }),
        ...(key.rate && { rate: key.rate }),
      };
    },
    async rotateKey({ accessKeyId, graceSeconds }, ask) {
      refuseStandIn(ask, await keyFor(ask, 'kist:RotateKey', accessKeyId));
      const { secretAccessKey, previousUntil } = await rotateAccessKey(
        directory,
        accessKeyId,
        graceSeconds * 1000,
        now(),
      );
      return { accessKeyId, secretAccessKey, previousSecretUntil: isoTime(previousUntil) };
    },
    async putKeyExpiry({ accessKeyId, expiresAt }, ask) {
      await expire(ask, accessKeyId, Date.parse(expiresAt));
      return undefined;
    },
    async deleteKeyExpiry({ accessKeyId }, ask) {
      await expire(ask, accessKeyId, undefined);
      return undefined;
    },
    async putKeyRate({ accessKeyId, ...fields }, ask) {
      await limit(ask, accessKeyId, rateOf(fields));
      return undefined;
    },
    async deleteKeyRate({ accessKeyId }, ask) {
      await limit(ask, accessKeyId, undefined);
      return undefined;
    },
  };
}
