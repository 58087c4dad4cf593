/** Why somebody may or may not do something. */
import { z } from 'zod';
import { accessKeyId } from './limits.ts';
import { bucketName, namespaceName } from './values.ts';

const texts = z.record(z.string(), z.string());

const question = z.strictObject({
  accessKeyId: accessKeyId.optional().describe('Who asks: this, `arn`, or `anonymous`.'),
  arn: z
    .string()
    .max(2048)
    .optional()
    .describe('Who asks: a user (`arn:aws:iam::NUMBER:user/NAME`), a role, or `…:root`.'),
  anonymous: z.literal(true).optional().describe('Nobody in particular asks.'),
  action: z.string().max(128).describe('`s3:GetObject`'),
  bucket: bucketName.optional(),
  key: z.string().min(1).max(1024).optional(),
  versionId: z.string().max(1024).optional(),
  namespace: namespaceName.optional().describe("As a host name would say it; who asks' if absent."),
  sourceIp: z.string().max(64).optional(),
  secure: z.boolean().optional().describe('Over TLS.'),
  headers: texts.optional().describe('By lower-case name.'),
  query: texts.optional(),
  conditions: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe('What condition keys are taken to be, whatever the rest says.'),
});

const explanation = z.strictObject({
  allowed: z.boolean(),
  code: z.string().optional().describe('The error that the request would be answered with.'),
  reason: z.string(),
  decidedBy: z
    .array(z.string())
    .describe('Names among `considered`; none where nothing allows it.'),
  considered: z
    .array(
      z.strictObject({
        kind: z.string(),
        name: z.string(),
        effect: z.string(),
        because: z.string(),
      }),
    )
    .describe('Everything that was looked at, in order.'),
  caller: z.string().optional().describe('ARN; absent for nobody in particular.'),
  action: z.string(),
  resource: z.string(),
  namespace: z.string(),
  dependsOnDocument: z.boolean(),
});

export const accessContract = { explainAccess: { input: question, answer: explanation } } as const;
