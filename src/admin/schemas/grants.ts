/** Ready-made roles on buckets. */
import { z } from 'zod';
import { bucketName, nothing } from './values.ts';

const grant = z.strictObject({
  kind: z.enum(['user', 'group', 'role']).describe('Who is granted it.'),
  name: z.string().min(1).max(128).describe("The user's, group's or role's name."),
  role: z.enum(['read_only', 'write_only', 'read_write', 'maintainer', 'owner']),
  bucket: bucketName,
  prefix: z.string().min(1).max(1024).optional().describe('The whole bucket if absent.'),
});

const shown = grant.extend({
  policyName: z.string().describe('The inline policy that it is kept as.'),
});

export const grantsContract = {
  listGrants: {
    input: grant.pick({ kind: true, name: true }),
    answer: z.strictObject({ items: z.array(shown) }),
  },
  putGrant: { input: grant, answer: shown },
  deleteGrant: { input: grant, answer: nothing },
} as const;
