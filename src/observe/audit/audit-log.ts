/**
 * The audit log: each record to every target. Nothing waits for a target: what one doesn't take stays queued for it.
 * Where the log is required, whoever would change something is refused while a target takes nothing.
 */
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createAuditFile } from './audit-file.ts';
import { type AuditQueueEvents, createAuditQueue } from './audit-queue.ts';
import { type AuditRecord, auditLine } from './audit-record.ts';
import { createAuditWebhook } from './audit-webhook.ts';

export interface AuditSettings {
  /** A path, or `off`. */
  readonly auditLog: string;
  readonly auditLogMaxBytes: number;
  readonly auditLogFiles: number;
  readonly auditWebhook: string | undefined;
  readonly auditWebhookToken: string | undefined;
  readonly auditRequired: boolean;
}

export interface AuditLog {
  write(record: AuditRecord): void;
  /** Changes have to be refused: the log is required, and could not be written last. */
  readonly blocked: boolean;
  close(): Promise<void>;
}

/** How long the end of a process waits for targets. */
const closeTimeoutMs = 2_000;

const fileOf = ({ auditLog, auditLogMaxBytes, auditLogFiles }: AuditSettings) =>
  auditLog === 'off'
    ? undefined
    : createAuditFile({ path: auditLog, maxBytes: auditLogMaxBytes, keptFiles: auditLogFiles });

/** Undefined where there is no target. */
export function createAuditLog(
  settings: AuditSettings,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): AuditLog | undefined {
  const { auditWebhook, auditWebhookToken, auditRequired } = settings;
  const file = fileOf(settings);
  const webhook =
    auditWebhook === undefined ? undefined : createAuditWebhook(auditWebhook, auditWebhookToken);
  const targets = [file, webhook].filter((target) => target !== undefined);
  if (targets.length === 0) return undefined;
  const events: AuditQueueEvents = {
    delivered: (target, lines) => metrics.counter('auditRecords', target, 'delivered').add(lines),
    dropped: (target, lines) => metrics.counter('auditRecords', target, 'dropped').add(lines),
    failed: (target, error) => log.error('audit log not written', { target, error }),
  };
  const queues = targets.map((target) => createAuditQueue(target, events));
  return {
    write(record) {
      const line = auditLine(record);
      for (const queue of queues) queue.add(line);
    },
    get blocked() {
      return auditRequired && queues.some(({ failing }) => failing);
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close(closeTimeoutMs)));
      await file?.close();
    },
  };
}

/** One record at once, for a command. @throws where the file does not take it */
export async function auditOnce(settings: AuditSettings, record: AuditRecord): Promise<void> {
  const file = fileOf(settings);
  const webhook =
    settings.auditWebhook === undefined
      ? undefined
      : createAuditWebhook(settings.auditWebhook, settings.auditWebhookToken);
  try {
    await file?.deliver([auditLine(record)]);
    await webhook?.deliver([auditLine(record)]);
  } finally {
    await file?.close();
  }
}
