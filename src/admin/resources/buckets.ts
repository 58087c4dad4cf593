/**
 * `/api/buckets`: buckets with what they hold and how they are. What they are configured with in detail is S3's to
 * tell, with S3's rights.
 */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import { isPublicAcl } from '../../policy/acl.ts';
import {
  bucketPolicyOf,
  ownershipConfig,
  type PublicAccessBlock,
  policyConfig,
  publicAccessBlockConfig,
  type StoredOwnership,
  type StoredPolicy,
} from '../../policy/bucket-rules.ts';
import type { Bucket } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { actingFor } from '../acting.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError, notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { isoTime } from '../schemas/values.ts';
import { findBucket } from './find-bucket.ts';
import { limitsShape, quotaShape } from './limit-shapes.ts';
import { usageShape } from './usage.ts';

export interface BucketsDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'current'>;
  readonly store: Pick<Store, 'buckets' | 'quotas' | 'usage'>;
}

type Names = 'listBuckets' | 'createBucket' | 'getBucket' | 'deleteBucket';

export function bucketsResource({ directory, store }: BucketsDeps): Pick<Handlers, Names> {
  const { buckets, quotas, usage } = store;

  const shape = async (bucket: Bucket) => ({
    namespace: bucket.namespace,
    name: bucket.name,
    owner: bucket.acl.owner,
    createdAt: isoTime(bucket.createdAt),
    usage: usageShape(await usage.of(bucket)),
  });

  async function details(bucket: Bucket): Promise<AnswerOf<'getBucket'>> {
    const policy = await buckets.config<StoredPolicy>(bucket, policyConfig);
    const ownership = await buckets.config<StoredOwnership>(bucket, ownershipConfig);
    const block = await buckets.config<PublicAccessBlock>(bucket, publicAccessBlockConfig);
    return {
      ...(await shape(bucket)),
      ...quotaShape(await quotas.get({ bucket })),
      ...limitsShape(bucket.limits),
      locationConstraint: bucket.locationConstraint,
      ...(bucket.versioning !== undefined && { versioning: bucket.versioning }),
      objectLock: bucket.objectLock === true,
      ...(ownership !== undefined && { objectOwnership: ownership.objectOwnership }),
      publicPolicy: policy !== undefined && bucketPolicyOf(policy, bucket.name).isPublic,
      publicAcl: isPublicAcl(bucket.acl),
      ...(block !== undefined && { publicAccessBlock: block }),
      configured: [...(bucket.configured ?? [])].sort(),
    };
  }

  return {
    async listBuckets({ namespace: named, owner, prefix, after, limit }, ask) {
      const { account } = ask.signer;
      const namespace = named ?? account.namespace;
      const whose = owner ?? (isRoot(ask) ? undefined : account.accountId);
      const belonging = whose === undefined ? ('server' as const) : { accountId: whose };
      authorise(ask, 'kist:ListBuckets', arns.namespace(namespace), belonging);
      const listed = await buckets.list({ namespace, owner: whose, prefix, after, limit });
      const last = listed.buckets.at(-1);
      return {
        items: await Promise.all(listed.buckets.map(shape)),
        ...(listed.more && last !== undefined && { next: last.name }),
      };
    },
    async createBucket({ name, namespace: named, owner: ownerId, objectLock }, ask) {
      const owner =
        ownerId === undefined || ownerId === ask.signer.account.accountId
          ? ask.signer
          : actingFor(ask, ownerId, await directory.current());
      const namespace = named ?? owner.account.namespace;
      authorise(ask, 'kist:CreateBucket', arns.bucket(namespace, name), {
        accountId: owner.account.accountId,
      });
      if ((await buckets.get(namespace, name)) !== undefined) {
        throw new AdminError('Conflict', `The name ${name} is taken in namespace ${namespace}.`);
      }
      await ask.s3.create(namespace, name, { owner, objectLock });
      const made = await buckets.get(namespace, name);
      if (made === undefined) throw notFound('bucket', name);
      return details(made);
    },
    async getBucket({ bucket: name, namespace = '' }, ask) {
      const where = namespace || ask.signer.account.namespace;
      return details(
        await findBucket(buckets, ask, 'kist:GetBucket', {
          ...{ namespace: where, name, whose: 'owner' },
        }),
      );
    },
    async deleteBucket({ bucket: name, namespace = '' }, ask) {
      const where = namespace || ask.signer.account.namespace;
      await findBucket(buckets, ask, 'kist:DeleteBucket', {
        ...{ namespace: where, name, whose: 'owner' },
      });
      await ask.s3.remove(where, name);
      return undefined;
    },
  };
}
