/**
 * CreateBucket. Any location constraint, or none, is accepted in any region and kept.
 *
 * Making one's own bucket again is BucketAlreadyOwnedByYou, but in us-east-1, where as in S3 it succeeds and
 * gives the bucket the ACL that this request asks for, unless its policy denies s3:PutBucketAcl; object lock it
 * can't give to a bucket that is there. Another object ownership neither. Directory buckets are refused by name.
 *
 * With `bucketDefaults: aws` a new bucket begins as on AWS: BucketOwnerEnforced unless the request says
 * otherwise, and all of the public access block. The namespace's own defaults win over that, and may encrypt.
 */
import {
  type BucketEncryption,
  encryptionConfig,
} from '../../features/encryption/bucket-encryption.ts';
import type { CreateBucketRequest, Tag } from '../../model/types.gen.ts';
import { isPublicAcl } from '../../policy/acl.ts';
import {
  ownershipConfig,
  publicAccessBlockConfig,
  type StoredOwnership,
} from '../../policy/bucket-rules.ts';
import { grantsToOthers, unblockedAcl } from '../../policy/governed-acl.ts';
import { aclOfNew } from '../../policy/requested-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertBucketName } from '../../protocol/names.ts';
import type { Acl } from '../../store/records.ts';
import { rulesOf, withRules } from '../access-rules.ts';
import { type BucketTaggingRecord, bucketTaggingConfig } from '../bucket-config/bucket-tagging.ts';
import { fullBlock } from '../bucket-config/public-access-block.ts';
import { replaceConfig } from '../bucket-config/subresource.ts';
import { callerId } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { bucketTagsOfSet } from '../tags.ts';

/** Buckets that an account may have in its namespace; creations at the same moment may pass it by a few. */
export const maxBucketsPerAccount = 10_000;

const legacyRegion = 'us-east-1';

export const CreateBucket = defineOperation({
  name: 'CreateBucket',
  access: { on: 'account', action: 's3:CreateBucket' },
  accepts: [
    'ACL',
    'CreateBucketConfiguration',
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWrite',
    'GrantWriteACP',
    'ObjectLockEnabledForBucket',
    'ObjectOwnership',
  ],
  async run(input, context) {
    const { identity, namespace, region, store } = context;
    assertBucketName(input.Bucket);
    const locationConstraint = locationOf(input);
    const tags = bucketTagsOfSet(input.CreateBucketConfiguration?.Tags ?? []);
    const locks = input.ObjectLockEnabledForBucket === true;
    const owner = callerId(context);
    if (owner === undefined) throw new S3Error('AccessDenied');
    const acl = aclOfNew(input, { on: 'bucket', owner, bucketOwner: owner }, identity);
    const configs = configsOf(input, acl, context);
    const taken = await store.buckets.get(namespace, input.Bucket);
    if (taken === undefined) await assertMayHaveMore(owner, context);
    const { created, bucket } = await store.buckets.create(
      {
        namespace,
        name: input.Bucket,
        locationConstraint,
        acl,
        ...(locks ? { versioning: 'Enabled', objectLock: true } : {}),
      },
      configs,
    );
    if (!created) {
      const fields = { BucketName: input.Bucket };
      if (bucket.acl.owner !== owner) throw new S3Error('BucketAlreadyExists', { fields });
      const isAsAsked = region === legacyRegion && (!locks || bucket.objectLock === true);
      if (!isAsAsked) throw new S3Error('BucketAlreadyOwnedByYou', { fields });
      const found = await store.buckets.get(namespace, input.Bucket);
      const own = found && (await withRules(found, store));
      if (own !== undefined) {
        const rules = rulesOf(own);
        const { ObjectOwnership: asked } = input;
        if (asked !== undefined && asked !== rules?.ownership) {
          throw new S3Error('BucketAlreadyOwnedByYou', { fields });
        }
        assertAclFits(acl, rules?.ownership);
        unblockedAcl(acl, rules);
        const actions = ['s3:PutBucketAcl', ...(tags.length > 0 ? ['s3:PutBucketTagging'] : [])];
        for (const action of actions) {
          if (!(await context.may(action, { bucket: own }))) throw new S3Error('AccessDenied');
        }
        await store.buckets.update(own, (now) => ({ ...now, acl }));
      }
    }
    if (tags.length > 0) await setTags(tags, input.Bucket, context);
    return { Location: `/${input.Bucket}` };
  },
});

/** What the bucket is configured with from its first moment. */
function configsOf(
  { ObjectOwnership }: CreateBucketRequest,
  acl: Acl,
  { identity, namespace, settings }: OperationContext,
): Readonly<Record<string, object>> {
  const asOnAws = settings.bucketDefaults === 'aws';
  const defaults = identity.namespace(namespace)?.defaults ?? {};
  const { encryption, publicAccessBlock: isBlocked = asOnAws } = defaults;
  const usual = defaults.objectOwnership ?? (asOnAws ? 'BucketOwnerEnforced' : undefined);
  const objectOwnership = ObjectOwnership ?? usual;
  assertAclFits(acl, objectOwnership);
  if (isBlocked && isPublicAcl(acl)) {
    throw new S3Error('InvalidBucketAclWithBlockPublicAccessError');
  }
  return {
    ...(objectOwnership && { [ownershipConfig]: { objectOwnership } satisfies StoredOwnership }),
    ...(isBlocked && { [publicAccessBlockConfig]: fullBlock }),
    ...(encryption && { [encryptionConfig]: encryption satisfies BucketEncryption }),
  };
}

/** Where ACLs are disabled, a bucket's gives nothing to anybody but its owner. */
function assertAclFits(acl: Acl, ownership: string | undefined): void {
  if (ownership === 'BucketOwnerEnforced' && grantsToOthers(acl)) {
    throw new S3Error('InvalidBucketAclWithObjectOwnership');
  }
}

/** The bucket is there by then, but not yet acknowledged. */
async function setTags(
  tags: readonly Tag[],
  name: string,
  { namespace, store }: OperationContext,
): Promise<void> {
  const bucket = await store.buckets.get(namespace, name);
  if (bucket === undefined) throw new S3Error('OperationAborted');
  await replaceConfig({ bucket, store }, bucketTaggingConfig, {
    tags,
  } satisfies BucketTaggingRecord);
}

function locationOf({ CreateBucketConfiguration }: CreateBucketRequest): string {
  const { Bucket, Location, LocationConstraint } = CreateBucketConfiguration ?? {};
  if (Bucket !== undefined || Location !== undefined) {
    throw notImplemented('CreateBucketConfiguration', 'A directory bucket');
  }
  return LocationConstraint ?? '';
}

function notImplemented(header: string, what: string): S3Error {
  return new S3Error('NotImplemented', {
    message: `${what} is not implemented.`,
    fields: { Header: header },
  });
}

async function assertMayHaveMore(
  owner: string,
  { namespace, store }: OperationContext,
): Promise<void> {
  const { buckets } = await store.buckets.list({ namespace, owner, limit: maxBucketsPerAccount });
  if (buckets.length >= maxBucketsPerAccount) throw new S3Error('TooManyBuckets');
}
