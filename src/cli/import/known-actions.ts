/** Actions in policies that Kist has nothing for: they come over, and allow or deny nothing. */
import { iamOperations } from '../../model/iam.gen.ts';
import { stsOperations } from '../../model/sts.gen.ts';
import { s3Actions } from '../../policy/language/actions.ts';

const known: readonly string[] = [
  ...s3Actions,
  ...Object.keys(iamOperations).map((name) => `iam:${name.toLowerCase()}`),
  ...Object.keys(stsOperations).map((name) => `sts:${name.toLowerCase()}`),
];

interface Statement {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

/** One statement may stand without a list around it. */
export function statementsOf(document: unknown): readonly Statement[] {
  const { Statement = [] } = (document ?? {}) as { Statement?: unknown };
  return [Statement].flat() as readonly Statement[];
}

/** As they are written, each once. */
export function unknownActions(document: unknown): readonly string[] {
  const named = statementsOf(document).flatMap(({ Action, NotAction }) =>
    [Action, NotAction].flat().filter((one) => typeof one === 'string'),
  );
  return [...new Set(named)].filter((action) => !isKnownAction(action));
}

/** Wildcards are known if they match something that is. */
export function isKnownAction(action: string): boolean {
  const pattern = action
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const template = new RegExp(`^${pattern}$`);
  return known.some((name) => template.test(name));
}
