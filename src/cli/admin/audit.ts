/** What `kist audit` does. */
import type { AnswerOf, InputOf } from '../../admin/client.ts';
import { type AdminFlags, withAdmin } from './admin-session.ts';
import { tellList } from './tell.ts';

export interface AuditFlags extends AdminFlags {
  readonly limit: number;
  readonly requestId?: string;
  readonly action?: string;
  readonly outcome?: Question['outcome'];
  readonly service?: Question['service'];
}

type Question = InputOf<'listAuditRecords'>;
type Record = AnswerOf<'listAuditRecords'>['items'][number];

/** As many as the API gives at once. */
const maxPage = 1000;

export const showAudit = ({ limit, ...flags }: AuditFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const { requestId, action, outcome, service } = flags;
    const found: Record[] = [];
    let after: string | undefined;
    do {
      const { items, next } = await call('listAuditRecords', {
        ...{ requestId, action, outcome, service, after },
        limit: Math.min(limit - found.length, maxPage),
      });
      found.push(...items);
      after = next;
    } while (after !== undefined && found.length < limit);
    tellList(out, 'audit', found, {
      TIME: ({ time }) => time,
      WHO: ({ who }) => who.arn ?? who.accessKeyId ?? who.command,
      FROM: ({ from }) => from,
      ACTION: ({ service, action }) => `${service}:${action}`,
      RESOURCE: ({ resource }) => resource,
      OUTCOME: ({ outcome, code }) => (code === undefined ? outcome : `${outcome}: ${code}`),
      REASON: ({ reason }) => reason,
    });
  });
