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
import { assertBucketName } from '../../protocol/names.ts';
import type { Bucket } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { actingFor } from '../acting.ts';
import type { Ask } from '../ask.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError, notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { isoTime } from '../schemas/values.ts';
import { usageShape } from './usage.ts';

export interface BucketsDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'current'>;
  readonly store: Pick<Store, 'buckets' | 'usage'>;
}

type Names = 'listBuckets' | 'createBucket' | 'getBucket' | 'deleteBucket';

export function bucketsResource({ directory, store }: BucketsDeps): Pick<Handlers, Names> {
  const { buckets, usage } = store;

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

  /** For who may, of an account that may not have it as little as of one that is not there. */
  async function found(
    ask: Ask,
    action: 'kist:GetBucket' | 'kist:DeleteBucket',
    namespace: string,
    name: string,
  ): Promise<Bucket> {
    assertBucketName(name);
    const bucket = await buckets.get(namespace, name);
    const owner = bucket?.acl.owner ?? ask.signer.account.accountId;
    authorise(ask, action, arns.bucket(namespace, name), { accountId: owner });
    if (bucket === undefined) {
      // Who may not look around in the namespace doesn't learn what is not there.
      if (!isRoot(ask) && namespace !== ask.signer.account.namespace) throw denied();
      throw notFound('bucket', name);
    }
    return bucket;
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
      return details(await found(ask, 'kist:GetBucket', where, name));
    },
    async deleteBucket({ bucket: name, namespace = '' }, ask) {
      const where = namespace || ask.signer.account.namespace;
      await found(ask, 'kist:DeleteBucket', where, name);
      await ask.s3.remove(where, name);
      return undefined;
    },
  };
}

const denied = (): AdminError => new AdminError('AccessDenied');
