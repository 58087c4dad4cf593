/** Namespaces, accounts and buckets. */
import { z } from 'zod';
import { namespaceDefaults, quotaState, restrictions } from './limits.ts';
import { pageInput, pageOf } from './paging.ts';
import {
  accountId,
  bucketName,
  count,
  displayName,
  email,
  namespaceName,
  nothing,
  time,
  usage,
} from './values.ts';

const namespace = z.strictObject({
  name: namespaceName,
  displayName: displayName.optional(),
  suspended: z.boolean(),
  createdAt: time.optional().describe('Absent for one that is there by its accounts alone.'),
  accounts: count,
});

const account = z.strictObject({
  accountId,
  number: z.string().describe('The account in ARNs: twelve digits.'),
  namespace: namespaceName,
  displayName: z.string(),
  email: z.string().optional(),
  root: z.boolean().describe("Whether it is the server's own administrator."),
  configured: z.boolean().describe('Whether a key of it is given by settings.'),
});

const accessKey = z.strictObject({
  accessKeyId: z.string(),
  secretAccessKey: z.string().describe('Shown this once.'),
});

const bucket = z.strictObject({
  namespace: namespaceName,
  name: bucketName,
  owner: accountId,
  createdAt: time,
  usage,
});

const bucketDetails = bucket.extend({
  ...restrictions,
  locationConstraint: z.string(),
  versioning: z.enum(['Enabled', 'Suspended']).optional(),
  objectLock: z.boolean(),
  objectOwnership: z.string().optional(),
  publicPolicy: z.boolean().describe('Whether the bucket policy allows everybody something.'),
  publicAcl: z.boolean().describe("Whether the bucket's ACL allows everybody something."),
  publicAccessBlock: z
    .strictObject({
      BlockPublicAcls: z.boolean(),
      IgnorePublicAcls: z.boolean(),
      BlockPublicPolicy: z.boolean(),
      RestrictPublicBuckets: z.boolean(),
    })
    .optional(),
  configured: z
    .array(z.string())
    .describe('What else the bucket has: policy, cors, lifecycle, encryption, …; see the S3 API.'),
});

const named = z.strictObject({
  bucket: bucketName,
  namespace: namespaceName.optional().describe("The caller's own if absent."),
});

export const tenantsContract = {
  listNamespaces: { input: z.strictObject(pageInput), answer: pageOf(namespace) },
  createNamespace: {
    input: z.strictObject({
      name: namespaceName,
      displayName: displayName.optional(),
      account: z
        .strictObject({ displayName: displayName.optional(), email: email.optional() })
        .default({})
        .describe('The account that it begins with; called as the namespace if nothing is said.'),
      defaults: z.strictObject(namespaceDefaults).optional(),
    }),
    answer: namespace.extend({ accountId, accessKey }),
  },
  getNamespace: {
    input: z.strictObject({ namespace: namespaceName }),
    answer: namespace.extend({
      accountId: accountId.optional().describe('The account that it was made with.'),
      buckets: count,
      usage,
      defaults: z
        .strictObject(namespaceDefaults)
        .optional()
        .describe('What new buckets begin with; what the server gives if absent.'),
      ...restrictions,
    }),
  },
  deleteNamespace: { input: z.strictObject({ namespace: namespaceName }), answer: nothing },
  listAccounts: {
    input: z.strictObject({ namespace: namespaceName.optional(), ...pageInput }),
    answer: pageOf(account),
  },
  createAccount: {
    input: z.strictObject({
      namespace: namespaceName.describe('One that is there.'),
      displayName,
      email: email.optional(),
      accountId: z
        .string()
        .regex(/^[\x21-\x2e\x30-\x7e]{1,256}$/)
        .optional()
        .describe('Made at random if absent.'),
    }),
    answer: account.extend({ accessKey }),
  },
  getAccount: {
    input: z.strictObject({ account: accountId }),
    answer: account.extend({
      users: count,
      groups: count,
      roles: count,
      policies: count,
      accessKeys: count.describe('Of the account itself.'),
      quota: quotaState.optional(),
    }),
  },
  deleteAccount: { input: z.strictObject({ account: accountId }), answer: nothing },
  listBuckets: {
    input: z.strictObject({
      namespace: namespaceName.optional().describe("The caller's own if absent."),
      owner: accountId.optional(),
      prefix: z.string().max(255).optional(),
      ...pageInput,
    }),
    answer: pageOf(bucket),
  },
  createBucket: {
    input: z.strictObject({
      name: bucketName,
      namespace: namespaceName.optional().describe("The owner's if absent."),
      owner: accountId
        .optional()
        .describe('The caller if absent; another account is for who may act for it.'),
      objectLock: z.boolean().default(false),
    }),
    answer: bucketDetails,
  },
  getBucket: { input: named, answer: bucketDetails },
  deleteBucket: { input: named, answer: nothing },
} as const;
