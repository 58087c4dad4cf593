/** What tenants are held to: quotas, rates and addresses of namespaces, accounts, buckets and keys. */
import { z } from 'zod';
import { maxAddressEntries } from '../../limits/addresses.ts';
import {
  accountId,
  bucketName,
  bytes,
  count,
  displayName,
  namespaceName,
  nothing,
  time,
} from './values.ts';

/** At least one of them is given. */
const quotaFields = {
  maxBytes: bytes.optional(),
  maxObjects: count.optional().describe('Versions, delete markers and unfinished uploads count.'),
};

const rateFields = {
  requestsPerSecond: z.number().positive().optional(),
  bytesPerSecond: z.number().positive().optional().describe('Of bodies, both ways together.'),
};

const addresses = z
  .union([z.enum(['public', 'private']), z.array(z.string()).min(1).max(maxAddressEntries)])
  .describe('From everywhere, from private networks, or from these addresses and CIDR blocks.');

export const quotaState = z
  .strictObject({
    ...quotaFields,
    used: z.strictObject({ bytes, objects: count }).describe('As the quota counts.'),
    exact: z.boolean().describe('False while it is being set: not everything is counted yet.'),
  })
  .describe('How much may be held, and is.');

export const rate = z.strictObject(rateFields).describe('How fast it may be used.');

export const restrictions = {
  quota: quotaState.optional(),
  rate: rate.optional(),
  addresses: addresses.optional().describe('Where requests may come from; everywhere if absent.'),
};

export const namespaceDefaults = {
  encryption: z
    .strictObject({
      algorithm: z.enum(['AES256', 'aws:kms']),
      keyId: z.string().min(1).max(2048).optional().describe('Of aws:kms.'),
    })
    .optional(),
  publicAccessBlock: z.boolean().optional().describe('All four of the block, or none.'),
  objectOwnership: z
    .enum(['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'])
    .optional(),
};

export const accessKeyId = z.string().min(1).max(128).describe('The id of an access key.');

const key = z.strictObject({
  accessKeyId,
  account: accountId,
  user: z.string().optional().describe("The user's name; absent for the account's own."),
  active: z.boolean(),
  configured: z.boolean().describe('Whether settings give it.'),
  createdAt: time.optional(),
  expiresAt: time.optional(),
  previousSecretUntil: time.optional().describe('Until when the secret before is good as well.'),
  rate: rate.optional(),
});

const namespace = { namespace: namespaceName };
const account = { account: accountId };
const bucket = {
  bucket: bucketName,
  namespace: namespaceName.optional().describe("The caller's own if absent."),
};
const ofKey = { accessKeyId };

const change = <Fields extends z.core.$ZodLooseShape>(fields: Fields) => ({
  input: z.strictObject(fields),
  answer: nothing,
});

export const limitsContract = {
  renameNamespace: change({ ...namespace, displayName }),
  suspendNamespace: change(namespace),
  resumeNamespace: change(namespace),
  putNamespaceDefaults: change({ ...namespace, ...namespaceDefaults }),
  deleteNamespaceDefaults: change(namespace),
  putNamespaceQuota: change({ ...namespace, ...quotaFields }),
  deleteNamespaceQuota: change(namespace),
  putNamespaceRate: change({ ...namespace, ...rateFields }),
  deleteNamespaceRate: change(namespace),
  putNamespaceAddresses: change({ ...namespace, addresses }),
  deleteNamespaceAddresses: change(namespace),
  putAccountQuota: change({ ...account, ...quotaFields }),
  deleteAccountQuota: change(account),
  putBucketQuota: change({ ...bucket, ...quotaFields }),
  deleteBucketQuota: change(bucket),
  putBucketRate: change({ ...bucket, ...rateFields }),
  deleteBucketRate: change(bucket),
  putBucketAddresses: change({ ...bucket, addresses }),
  deleteBucketAddresses: change(bucket),
  getKey: { input: z.strictObject(ofKey), answer: key },
  rotateKey: {
    input: z.strictObject({
      ...ofKey,
      graceSeconds: z
        .int()
        .min(0)
        .describe('How long the secret before stays good: 30 days at most.'),
    }),
    answer: z.strictObject({
      accessKeyId,
      secretAccessKey: z.string().describe('Shown this once.'),
      previousSecretUntil: time,
    }),
  },
  putKeyExpiry: change({ ...ofKey, expiresAt: time }),
  deleteKeyExpiry: change(ofKey),
  putKeyRate: change({ ...ofKey, ...rateFields }),
  deleteKeyRate: change(ofKey),
} as const;
