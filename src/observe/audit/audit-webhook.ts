/** A server that gets audit lines by POST, as `application/x-ndjson`: any 2xx takes them. */
import type { AuditTarget } from './audit-queue.ts';

/** How long one POST may take. */
const webhookTimeoutMs = 10_000;

/** @param token sent as `Authorization: Bearer` */
export function createAuditWebhook(url: string, token: string | undefined): AuditTarget {
  return {
    name: 'webhook',
    async deliver(lines) {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(webhookTimeoutMs),
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: lines.join(''),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the audit webhook answered ${response.status}`);
    },
  };
}
