/** Sessions of browsers, and who asks. */
import { z } from 'zod';
import { time } from './values.ts';

const keyPair = z.strictObject({
  accessKeyId: z.string().min(1).max(128),
  secretAccessKey: z.string().min(1).max(256),
  sessionToken: z.string().max(16_384).optional().describe('Of a temporary key.'),
});

const webIdentity = z.strictObject({
  roleArn: z.string().min(20).max(2048),
  webIdentityToken: z.string().min(4).max(20_000).describe('Of an OpenID Connect issuer.'),
  roleSessionName: z.string().min(2).max(64).default('console'),
});

export const identity = z.strictObject({
  account: z.strictObject({
    accountId: z.string(),
    number: z.string().describe('The account in ARNs: twelve digits.'),
    namespace: z.string(),
    displayName: z.string(),
    root: z.boolean().describe("Whether it is the server's own administrator."),
  }),
  arn: z.string(),
  kind: z.enum(['account', 'user', 'role', 'federated']),
  userName: z.string().optional(),
  accessKeyId: z.string(),
});

const session = z.strictObject({
  identity,
  csrfToken: z
    .string()
    .optional()
    .describe('For the header x-kist-csrf, which changes need in a session; absent without one.'),
  idleUntil: time.optional().describe('When the session ends unless it is used before.'),
  expiresAt: time.optional().describe('When the session ends in any case.'),
});

export const sessionContract = {
  createSession: { input: z.union([keyPair, webIdentity]), answer: session },
  getSession: { input: z.strictObject({}), answer: session },
  deleteSession: { input: z.strictObject({}), answer: z.undefined() },
  whoAmI: { input: z.strictObject({}), answer: identity },
} as const;
