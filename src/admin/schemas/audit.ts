/** The audit log, as its file has it. */
import { z } from 'zod';
import { pageInput, pageOf } from './paging.ts';
import { count, time } from './values.ts';

const outcome = z.enum(['done', 'denied', 'failed']);
const service = z.enum(['s3', 'iam', 'sts', 'kist']);

const who = z
  .strictObject({
    accessKeyId: z.string().optional().describe('As the request claims it, proven or not.'),
    arn: z.string().optional(),
    account: z.string().optional(),
    namespace: z.string().optional(),
    command: z.string().optional().describe('A job or command of the server itself.'),
    user: z.string().optional().describe('Of the operating system.'),
  })
  .describe('Empty: nobody in particular.');

const record = z.strictObject({
  time,
  requestId: z.string().optional(),
  who,
  from: z.string().optional().describe('Address of the client.'),
  userAgent: z.string().optional(),
  service,
  action: z.string(),
  resource: z.string().optional().describe('ARN.'),
  namespace: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  outcome,
  status: count.optional(),
  code: z.string().optional().describe('The error that was answered.'),
  reason: z.string().optional().describe('In more words than the client got.'),
});

const question = z.strictObject({
  ...pageInput,
  requestId: z.string().max(128).optional().describe('Of this request only.'),
  outcome: outcome.optional(),
  service: service.optional(),
  action: z.string().max(128).optional().describe('`DeleteObject`'),
});

export const auditContract = {
  listAuditRecords: { input: question, answer: pageOf(record) },
} as const;
