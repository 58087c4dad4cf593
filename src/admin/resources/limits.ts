/**
 * `…/quota`, `…/rate`, `…/addresses` and what else namespaces, accounts and buckets are held to: the server's root
 * sets it. Only where a bucket lets requests in from is its owner's to say as well, as its policy is.
 */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import {
  renameNamespace,
  resumeNamespace,
  setNamespaceDefaults,
  setNamespaceLimits,
  suspendNamespace,
} from '../../identity/namespaces.ts';
import type { KistAction } from '../../policy/language/kist-actions.ts';
import { type GivenBucketLimits, setBucketLimits } from '../../store/bucket-limits.ts';
import type { Bucket } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Ask } from '../ask.ts';
import { arns, authorise } from '../authorise.ts';
import { notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import type { limitRoutes } from '../limit-routes.ts';
import { findBucket } from './find-bucket.ts';
import { defaultsOf, quotaOf, rateOf } from './limit-shapes.ts';

export interface LimitsDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current' | 'keySealer'>;
  readonly store: Pick<Store, 'buckets' | 'quotas'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Names = Exclude<keyof typeof limitRoutes, `${string}Key${string}`>;
type NamespaceAction = Extract<KistAction, `kist:${string}Namespace${string}`>;

export function limitsResource(deps: LimitsDeps): Pick<Handlers, Names> {
  const { directory, store } = deps;
  const { buckets, quotas } = store;

  async function namespaceFor(ask: Ask, action: NamespaceAction, name: string): Promise<string> {
    authorise(ask, action, arns.namespace(name), 'server');
    if (!(await directory.current()).namespaces.has(name)) throw notFound('namespace', name);
    return name;
  }

  async function accountFor(ask: Ask, accountId: string): Promise<string> {
    authorise(ask, 'kist:PutAccountQuota', arns.account(accountId), 'server');
    if (!(await directory.current()).accounts.has(accountId)) throw notFound('account', accountId);
    return accountId;
  }

  interface Named {
    readonly bucket: string;
    readonly namespace?: string | undefined;
  }

  const bucketFor = (
    ask: Ask,
    action: 'kist:PutBucketQuota' | 'kist:PutBucketRate' | 'kist:PutBucketAddresses',
    { bucket, namespace = ask.signer.account.namespace }: Named,
  ): Promise<Bucket> => {
    const whose = action === 'kist:PutBucketAddresses' ? 'owner' : 'server';
    return findBucket(buckets, ask, action, { namespace, name: bucket, whose });
  };

  async function limitBucket(bucket: Bucket, limits: GivenBucketLimits): Promise<undefined> {
    const changed = await setBucketLimits(buckets, bucket, limits);
    if (changed === undefined) throw notFound('bucket', bucket.name);
  }

  return {
    async renameNamespace({ namespace, displayName }, ask) {
      await namespaceFor(ask, 'kist:RenameNamespace', namespace);
      await renameNamespace(deps, namespace, displayName);
      return undefined;
    },
    async suspendNamespace({ namespace }, ask) {
      await namespaceFor(ask, 'kist:SuspendNamespace', namespace);
      await suspendNamespace(deps, namespace);
      return undefined;
    },
    async resumeNamespace({ namespace }, ask) {
      await namespaceFor(ask, 'kist:ResumeNamespace', namespace);
      await resumeNamespace(deps, namespace);
      return undefined;
    },
    async putNamespaceDefaults({ namespace, ...fields }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceDefaults', namespace);
      await setNamespaceDefaults(deps, namespace, defaultsOf(fields));
      return undefined;
    },
    async deleteNamespaceDefaults({ namespace }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceDefaults', namespace);
      await setNamespaceDefaults(deps, namespace, undefined);
      return undefined;
    },
    async putNamespaceQuota({ namespace, ...fields }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceQuota', namespace);
      await quotas.set({ namespace }, quotaOf(fields));
      return undefined;
    },
    async deleteNamespaceQuota({ namespace }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceQuota', namespace);
      await quotas.set({ namespace }, undefined);
      return undefined;
    },
    async putNamespaceRate({ namespace, ...fields }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceRate', namespace);
      await setNamespaceLimits(deps, namespace, { rate: rateOf(fields) });
      return undefined;
    },
    async deleteNamespaceRate({ namespace }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceRate', namespace);
      await setNamespaceLimits(deps, namespace, { rate: undefined });
      return undefined;
    },
    async putNamespaceAddresses({ namespace, addresses }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceAddresses', namespace);
      await setNamespaceLimits(deps, namespace, { addresses });
      return undefined;
    },
    async deleteNamespaceAddresses({ namespace }, ask) {
      await namespaceFor(ask, 'kist:PutNamespaceAddresses', namespace);
      await setNamespaceLimits(deps, namespace, { addresses: undefined });
      return undefined;
    },
    async putAccountQuota({ account, ...fields }, ask) {
      await quotas.set({ account: await accountFor(ask, account) }, quotaOf(fields));
      return undefined;
    },
    async deleteAccountQuota({ account }, ask) {
      await quotas.set({ account: await accountFor(ask, account) }, undefined);
      return undefined;
    },
    async putBucketQuota(fields, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketQuota', fields);
      await quotas.set({ bucket }, quotaOf(fields));
      return undefined;
    },
    async deleteBucketQuota(fields, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketQuota', fields);
      await quotas.set({ bucket }, undefined);
      return undefined;
    },
    async putBucketRate(fields, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketRate', fields);
      return limitBucket(bucket, { rate: rateOf(fields) });
    },
    async deleteBucketRate(fields, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketRate', fields);
      return limitBucket(bucket, { rate: undefined });
    },
    async putBucketAddresses({ addresses, ...named }, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketAddresses', named);
      return limitBucket(bucket, { addresses });
    },
    async deleteBucketAddresses(named, ask) {
      const bucket = await bucketFor(ask, 'kist:PutBucketAddresses', named);
      return limitBucket(bucket, { addresses: undefined });
    },
  };
}
