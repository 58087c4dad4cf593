/**
 * MinIO's policies as IAM takes them: without statements on its administration and its KMS, which Kist hasn't got. An
 * action that isn't there is neither allowed nor denied by leaving it out.
 */
import { statementsOf } from './known-actions.ts';
import type { Report } from './report.ts';

const ofMinioAlone = /^(?:admin|kms|sts-ldap):/i;

interface Statement {
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
}

/** As text; undefined if nothing of it is left. */
export function comingPolicy(name: string, document: unknown, report: Report): string | undefined {
  const { Version } = (document ?? {}) as { Version?: string };
  const dropped = new Set<string>();
  const Statement = (statementsOf(document) as readonly Statement[]).flatMap((statement) => {
    const { Action } = statement;
    if (Action === undefined) return [statement];
    const actions = [Action].flat();
    const own = actions.filter((action) => !ofMinioAlone.test(action));
    for (const action of actions) if (!own.includes(action)) dropped.add(action);
    return own.length === 0 ? [] : [{ ...statement, Action: own }];
  });
  const why = "MinIO's own administration or KMS, which Kist hasn't got";
  for (const action of dropped) report.left('action', action, `in the policy ${name}: ${why}`);
  if (Statement.length === 0) {
    report.left('policy', name, 'nothing of it is left');
    return undefined;
  }
  return JSON.stringify({ Version: Version || '2012-10-17', Statement }, null, 2);
}
