/** The server itself: status, metrics, configuration, jobs. */
import { z } from 'zod';
import { bytes, count, nothing, time } from './values.ts';

const status = z.strictObject({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  startedAt: time,
  uptimeSeconds: z.number().min(0),
  ready: z.boolean(),
  reason: z.string().optional().describe('Why it is not ready.'),
  processes: z.array(
    z.strictObject({
      name: z.string(),
      pid: count.optional(),
      ready: z.boolean(),
      readySeconds: z.number().min(0).optional(),
    }),
  ),
  disk: z
    .strictObject({ directory: z.string(), totalBytes: bytes, freeBytes: bytes })
    .optional()
    .describe('Of the data directory; absent in memory.'),
  lastReload: z
    .strictObject({ at: time, done: z.boolean(), reason: z.string().optional() })
    .optional(),
});

const metrics = z.strictObject({
  requests: z.strictObject({
    total: count,
    clientErrors: count.describe('Answered 4xx.'),
    serverErrors: count.describe('Answered 5xx.'),
    inFlight: z.number(),
    byOperation: z.array(z.strictObject({ operation: z.string(), total: count })),
  }),
  receivedBytes: bytes,
  sentBytes: bytes,
  connections: z.number(),
  corruptReads: count,
  storageFaults: count,
  workerRestarts: count,
  processes: z.array(
    z.strictObject({ name: z.string(), residentBytes: z.number(), cpuSeconds: z.number() }),
  ),
});

const setting = z.strictObject({
  name: z.string(),
  group: z.string(),
  value: z.json().optional().describe('Absent where nothing is set, and of secrets.'),
  secret: z.boolean(),
  source: z
    .strictObject({
      kind: z.enum(['default', 'file', 'environment', 'flag', 'option']),
      file: z.string().optional(),
      line: count.optional(),
      variable: z.string().optional(),
      flag: z.string().optional(),
    })
    .optional(),
  reload: z.boolean().describe('Whether a change takes effect with a reload, without a restart.'),
});

const job = z.strictObject({
  name: z.string(),
  intervalSeconds: z.number(),
  running: z.boolean(),
  lastRun: z
    .strictObject({
      startedAt: time,
      seconds: z.number().min(0),
      outcome: z.enum(['done', 'nothing to do', 'failed', 'elsewhere']),
      report: z.record(z.string(), z.json()).optional(),
      error: z.string().optional(),
    })
    .optional()
    .describe('elsewhere: another process was at it.'),
});

export const serverContract = {
  getServerStatus: { input: z.strictObject({}), answer: status },
  getServerMetrics: { input: z.strictObject({}), answer: metrics },
  getServerConfiguration: {
    input: z.strictObject({}),
    answer: z.strictObject({ settings: z.array(setting) }),
  },
  reloadServer: { input: z.strictObject({}), answer: nothing },
  listJobs: { input: z.strictObject({}), answer: z.strictObject({ items: z.array(job) }) },
  runJob: {
    input: z.strictObject({ job: z.string().min(1).max(64) }),
    answer: z.strictObject({ job: z.string(), running: z.boolean() }),
  },
} as const;
