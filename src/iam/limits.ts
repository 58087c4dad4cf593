/** How much of everything an account may have ("IAM and AWS STS quotas" in the IAM user guide). */

export const maxUsers = 5000;
export const maxGroups = 300;
export const maxRoles = 1000;
export const maxPolicies = 1500;
export const maxProviders = 100;

export const maxGroupsOfUser = 10;
export const maxAttachedPolicies = 20;
export const maxPolicyVersions = 5;
/** Of a user, or of the account itself; those that settings give don't count. */
export const maxAccessKeys = 2;
export const maxTags = 50;
export const maxTagKeyChars = 128;
export const maxTagValueChars = 256;
export const maxClientIds = 100;
export const maxThumbprints = 5;
export const maxDescriptionChars = 1000;

/** In characters, white space apart. Of inline policies: of all that one holder has together. */
export const maxPolicyChars = {
  managed: 6144,
  user: 2048,
  group: 5120,
  role: 10_240,
  trust: 2048,
} as const;

export const maxPageItems = 1000;
export const defaultPageItems = 100;

/** In seconds. */
export const minSessionSeconds = 900;
export const defaultRoleSessionSeconds = 3600;
export const maxRoleSessionSeconds = 43_200;
/** A session that was made by a session of a role. */
export const maxChainedSessionSeconds = 3600;
export const defaultTokenSeconds = 43_200;
export const maxTokenSeconds = 129_600;
/** Of a session of the account itself. */
export const maxAccountTokenSeconds = 3600;

/** In characters, as they are given. */
export const maxSessionPolicyChars = 2048;
export const maxSessionPolicyArns = 10;
/** Of what a session token carries: policies, ARNs and tags together. Tokens travel in headers. */
export const maxPackedBytes = 4096;
