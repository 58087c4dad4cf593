/** The settings of a bucket: how each is read and set, and what of it doesn't come over. A table in the order of setting. */
import type { Client } from '../../client/create-client.ts';
import { type AccountNumbers, rewriteAccounts } from './account-numbers.ts';
import { aclOf, comingGrants, type GroupGrant } from './bucket-acl.ts';
import { unknownActions } from './known-actions.ts';
import { comingRules } from './lifecycle-rules.ts';
import type { Report } from './report.ts';

export interface BucketAt {
  readonly client: Client;
  readonly Bucket: string;
  readonly signal: AbortSignal;
}

export interface Coming {
  readonly report: Report;
  readonly numbers: AccountNumbers;
  /** What the source has of the other settings, by name. */
  readonly others: ReadonlyMap<string, unknown>;
}

export interface BucketSetting {
  readonly name: string;
  /** What objects don't need comes after them: a rule or a policy could get in their way. */
  readonly phase: 'before' | 'after';
  /** Without it objects would be less safe than they were: a bucket whose it can't be read or set doesn't come. */
  readonly isNeeded?: true;
  /** What servers answer where there is none. */
  readonly absent?: string;
  /** Undefined if there is none. */
  readonly read: (at: BucketAt) => Promise<unknown>;
  /** What comes over of what was read; undefined if nothing. Tells of the rest. */
  readonly coming?: (value: never, bucket: string, coming: Coming) => unknown;
  readonly write: (at: BucketAt, value: never) => Promise<unknown>;
}

/** What some bucket has of a setting that is off. */
const ifAny = <Value>(list: readonly Value[] | undefined): readonly Value[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

export const bucketSettings: readonly BucketSetting[] = [
  {
    name: 'versioning',
    phase: 'before',
    isNeeded: true,
    read: async ({ client, Bucket, signal }) =>
      (await client.getBucketVersioning({ Bucket }, { signal })).Status,
    write: ({ client, Bucket, signal }, Status) =>
      client.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } }, { signal }),
  },
  {
    name: 'encryption',
    phase: 'before',
    absent: 'ServerSideEncryptionConfigurationNotFoundError',
    read: async ({ client, Bucket, signal }) => {
      const answer = await client.getBucketEncryption({ Bucket }, { signal });
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
      return SSEAlgorithm && { SSEAlgorithm, ...(KMSMasterKeyID && { KMSMasterKeyID }) };
    },
    coming: (
      { SSEAlgorithm, KMSMasterKeyID }: { SSEAlgorithm: string; KMSMasterKeyID?: string },
      bucket,
      { report },
    ) => {
      if (KMSMasterKeyID === undefined) return { SSEAlgorithm };
      const why = `the key ${KMSMasterKeyID} stays in the source: make one in the target, and set it`;
      report.left('encryption', bucket, why);
      return undefined;
    },
    write: ({ client, Bucket, signal }, ApplyServerSideEncryptionByDefault) =>
      client.putBucketEncryption(
        {
          Bucket,
          ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
        },
        { signal },
      ),
  },
  {
    name: 'ownership',
    phase: 'before',
    absent: 'OwnershipControlsNotFoundError',
    read: async ({ client, Bucket, signal }) => {
      const answer = await client.getBucketOwnershipControls({ Bucket }, { signal });
      return answer.OwnershipControls?.Rules[0]?.ObjectOwnership;
    },
    write: ({ client, Bucket, signal }, ObjectOwnership) =>
      client.putBucketOwnershipControls(
        { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } },
        { signal },
      ),
  },
  {
    name: 'publicAccessBlock',
    phase: 'before',
    isNeeded: true,
    absent: 'NoSuchPublicAccessBlockConfiguration',
    read: async ({ client, Bucket, signal }) =>
      (await client.getPublicAccessBlock({ Bucket }, { signal })).PublicAccessBlockConfiguration,
    write: ({ client, Bucket, signal }, PublicAccessBlockConfiguration) =>
      client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration }, { signal }),
  },
  {
    name: 'acl',
    phase: 'before',
    read: async ({ client, Bucket, signal }) => {
      const found = comingGrants(await client.getBucketAcl({ Bucket }, { signal }));
      return found.groups.length + found.others.length === 0 ? undefined : found;
    },
    coming: ({ groups, others }: ReturnType<typeof comingGrants>, bucket, context) => {
      for (const one of others) {
        context.report.left('acl', bucket, `${one}: an account of the source`);
      }
      const block = context.others.get('publicAccessBlock') as
        | { BlockPublicAcls?: boolean }
        | undefined;
      if (groups.length > 0 && block?.BlockPublicAcls) {
        context.report.left(
          'acl',
          bucket,
          'grants to everybody, which its public access block refuses',
        );
        return undefined;
      }
      return groups.length === 0 ? undefined : { groups, others: [] };
    },
    write: async (
      { client, Bucket, signal },
      value: { readonly groups: readonly GroupGrant[] },
    ) => {
      const { Owner } = await client.getBucketAcl({ Bucket }, { signal });
      const AccessControlPolicy = aclOf(Owner?.ID ?? '', value.groups);
      return client.putBucketAcl({ Bucket, AccessControlPolicy }, { signal });
    },
  },
  {
    name: 'tags',
    phase: 'after',
    absent: 'NoSuchTagSet',
    read: async ({ client, Bucket, signal }) =>
      ifAny((await client.getBucketTagging({ Bucket }, { signal })).TagSet),
    coming: (tags: readonly { Key: string }[], bucket, { report }) => {
      const own = tags.filter(({ Key }) => !Key.startsWith('aws:'));
      if (own.length < tags.length)
        report.left('tags', bucket, 'those that begin with aws: are of AWS alone');
      return ifAny(own);
    },
    write: ({ client, Bucket, signal }, TagSet) =>
      client.putBucketTagging({ Bucket, Tagging: { TagSet } }, { signal }),
  },
  {
    name: 'cors',
    phase: 'after',
    absent: 'NoSuchCORSConfiguration',
    read: async ({ client, Bucket, signal }) =>
      ifAny((await client.getBucketCors({ Bucket }, { signal })).CORSRules),
    write: ({ client, Bucket, signal }, CORSRules) =>
      client.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } }, { signal }),
  },
  {
    name: 'website',
    phase: 'after',
    absent: 'NoSuchWebsiteConfiguration',
    read: async ({ client, Bucket, signal }) => {
      const { $metadata: _, ...found } = await client.getBucketWebsite({ Bucket }, { signal });
      return Object.values(found).some((one) => one !== undefined) ? found : undefined;
    },
    write: ({ client, Bucket, signal }, WebsiteConfiguration) =>
      client.putBucketWebsite({ Bucket, WebsiteConfiguration }, { signal }),
  },
  {
    name: 'requestPayment',
    phase: 'after',
    read: async ({ client, Bucket, signal }) => {
      const { Payer } = await client.getBucketRequestPayment({ Bucket }, { signal });
      return Payer === 'Requester' ? Payer : undefined;
    },
    write: ({ client, Bucket, signal }, Payer) =>
      client.putBucketRequestPayment(
        { Bucket, RequestPaymentConfiguration: { Payer } },
        { signal },
      ),
  },
  {
    name: 'logging',
    phase: 'after',
    read: async ({ client, Bucket, signal }) =>
      (await client.getBucketLogging({ Bucket }, { signal })).LoggingEnabled,
    coming: (
      { TargetGrants, ...others }: { TargetGrants?: readonly object[] },
      bucket,
      { report },
    ) => {
      if (ifAny(TargetGrants))
        report.left('logging', bucket, 'grants on the logs, to accounts of the source');
      return others;
    },
    write: ({ client, Bucket, signal }, LoggingEnabled) =>
      client.putBucketLogging({ Bucket, BucketLoggingStatus: { LoggingEnabled } }, { signal }),
  },
  {
    name: 'lifecycle',
    phase: 'after',
    absent: 'NoSuchLifecycleConfiguration',
    read: async ({ client, Bucket, signal }) =>
      ifAny((await client.getBucketLifecycleConfiguration({ Bucket }, { signal })).Rules),
    coming: comingRules,
    write: ({ client, Bucket, signal }, Rules) =>
      client.putBucketLifecycleConfiguration(
        { Bucket, LifecycleConfiguration: { Rules } },
        { signal },
      ),
  },
  {
    name: 'defaultRetention',
    phase: 'after',
    absent: 'ObjectLockConfigurationNotFoundError',
    read: async ({ client, Bucket, signal }) => {
      const answer = await client.getObjectLockConfiguration({ Bucket }, { signal });
      return answer.ObjectLockConfiguration?.Rule;
    },
    write: ({ client, Bucket, signal }, Rule) =>
      client.putObjectLockConfiguration(
        { Bucket, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule } },
        { signal },
      ),
  },
  {
    name: 'policy',
    phase: 'after',
    absent: 'NoSuchBucketPolicy',
    read: async ({ client, Bucket, signal }) => {
      const { Policy } = await client.getBucketPolicy({ Bucket }, { signal });
      return Policy ? (JSON.parse(Policy) as unknown) : undefined;
    },
    coming: (policy: unknown, bucket, { report, numbers }) => {
      const where = `the policy of the bucket ${bucket}`;
      const { document, rewrites } = rewriteAccounts(policy, numbers);
      for (const { from, to } of rewrites) report.rewritten(where, from, to);
      for (const action of unknownActions(document)) {
        report.left(
          'action',
          action,
          `in ${where}: Kist has no such action, and may refuse the policy for it`,
        );
      }
      return document;
    },
    write: ({ client, Bucket, signal }, policy) =>
      client.putBucketPolicy({ Bucket, Policy: JSON.stringify(policy) }, { signal }),
  },
];

interface LeftSetting {
  readonly name: string;
  readonly why: string;
  readonly isThere: (at: BucketAt) => Promise<boolean>;
}

const some = (list: readonly unknown[] | undefined): boolean => (list ?? []).length > 0;

/** What a bucket may have and never comes over. */
export const leftSettings: readonly LeftSetting[] = [
  {
    name: 'notification',
    why: 'its targets are services beside the source',
    isThere: async ({ client, Bucket, signal }) => {
      const { $metadata: _, ...found } = await client.getBucketNotificationConfiguration(
        { Bucket },
        { signal },
      );
      return Object.values(found).some((one) => one !== undefined && some([one].flat()));
    },
  },
  {
    name: 'replication',
    why: 'its targets are buckets beside the source',
    isThere: async ({ client, Bucket, signal }) =>
      some(
        (await client.getBucketReplication({ Bucket }, { signal })).ReplicationConfiguration?.Rules,
      ),
  },
  {
    name: 'inventory',
    why: 'its reports go to an account of the source: set it anew',
    isThere: async ({ client, Bucket, signal }) =>
      some(
        (await client.listBucketInventoryConfigurations({ Bucket }, { signal }))
          .InventoryConfigurationList,
      ),
  },
  {
    name: 'accelerate',
    why: 'it is of the network of AWS',
    isThere: async ({ client, Bucket, signal }) =>
      (await client.getBucketAccelerateConfiguration({ Bucket }, { signal })).Status === 'Enabled',
  },
  {
    name: 'analytics',
    why: 'Kist has none',
    isThere: async ({ client, Bucket, signal }) =>
      some(
        (await client.listBucketAnalyticsConfigurations({ Bucket }, { signal }))
          .AnalyticsConfigurationList,
      ),
  },
  {
    name: 'metrics',
    why: 'Kist has metrics of its own',
    isThere: async ({ client, Bucket, signal }) =>
      some(
        (await client.listBucketMetricsConfigurations({ Bucket }, { signal }))
          .MetricsConfigurationList,
      ),
  },
  {
    name: 'intelligentTiering',
    why: 'Kist has one tier',
    isThere: async ({ client, Bucket, signal }) =>
      some(
        (await client.listBucketIntelligentTieringConfigurations({ Bucket }, { signal }))
          .IntelligentTieringConfigurationList,
      ),
  },
];
