/**
 * `/api/audit`: the audit log's file, read back. It is how a key's owner learns why a signature did not hold, which no
 * answer to a client tells.
 */
import type { Config } from '../../config/schema.ts';
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import { AuditPlaceGoneError, readAudit, type ToldRecord } from '../../observe/audit/read-audit.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError } from '../errors.ts';
import type { Handlers } from '../handlers.ts';

export interface AuditDeps {
  readonly config: Pick<Config, 'auditLog' | 'auditLogFiles'>;
  readonly directory: Pick<ManagedIdentityDirectory, 'current'>;
}

export function auditResource({
  config,
  directory,
}: AuditDeps): Pick<Handlers, 'listAuditRecords'> {
  return {
    async listAuditRecords({ limit, after, requestId, outcome, service, action }, ask) {
      authorise(ask, 'kist:ListAuditRecords', arns.audit, 'asker');
      if (config.auditLog === 'off') {
        throw new AdminError('NotFound', 'This server keeps no audit log in a file: set auditLog.');
      }
      const own = ask.signer.account.accountId;
      const { keys } = await directory.current();
      const isTheirs = ({ who }: ToldRecord): boolean =>
        who.account === own ||
        // Nobody proved to be the key's holder, who is told of it all the more.
        (who.account === undefined && keys.get(who.accessKeyId ?? '')?.accountId === own);
      const seesAll = isRoot(ask);
      try {
        const page = await readAudit(
          { path: config.auditLog, keptFiles: config.auditLogFiles },
          {
            ...{ limit, after },
            matches: (record) =>
              (seesAll || isTheirs(record)) &&
              (requestId === undefined || record.requestId === requestId) &&
              (outcome === undefined || record.outcome === outcome) &&
              (service === undefined || record.service === service) &&
              (action === undefined || record.action === action),
          },
        );
        return {
          // As the file has them, which the server itself has written.
          items: page.records as AnswerOf<'listAuditRecords'>['items'],
          ...(page.next !== undefined && { next: page.next }),
        };
      } catch (error) {
        if (!(error instanceof AuditPlaceGoneError)) throw error;
        throw new AdminError('InvalidRequest', 'There is no such page any more: begin anew.');
      }
    },
  };
}
