/** What can be held to which limit, and the routes of the admin API for it. */
import type { RouteName } from '../../admin/client.ts';

export type Limit = 'quota' | 'rate' | 'addresses';
export type Scope = 'bucket' | 'account' | 'namespace' | 'key';

/** How each is asked for, and how its limits are changed. */
export const scopes = {
  bucket: {
    get: 'getBucket',
    quota: ['putBucketQuota', 'deleteBucketQuota'],
    rate: ['putBucketRate', 'deleteBucketRate'],
    addresses: ['putBucketAddresses', 'deleteBucketAddresses'],
  },
  account: { get: 'getAccount', quota: ['putAccountQuota', 'deleteAccountQuota'] },
  namespace: {
    get: 'getNamespace',
    quota: ['putNamespaceQuota', 'deleteNamespaceQuota'],
    rate: ['putNamespaceRate', 'deleteNamespaceRate'],
    addresses: ['putNamespaceAddresses', 'deleteNamespaceAddresses'],
  },
  key: { get: 'getKey', rate: ['putKeyRate', 'deleteKeyRate'] },
} as const satisfies Readonly<
  Record<
    Scope,
    { readonly get: RouteName } & {
      readonly [Name in Limit]?: readonly [put: RouteName, remove: RouteName];
    }
  >
>;

/** What can be held to it. */
export const scopesOf = (limit: Limit): readonly Scope[] =>
  (Object.keys(scopes) as Scope[]).filter((scope) => limit in scopes[scope]);
