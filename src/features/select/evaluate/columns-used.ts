/** The columns that a query looks at, so that a file of columns need not read the others. */
import type { Expression, Name, Query } from '../sql/syntax.ts';
import { sameName } from './compile.ts';
import { childrenOf, defaultAlias } from './plan.ts';

const position = /^_\d+$/;

/** Undefined where it may be any of them. */
export function columnsUsed(query: Query): ((column: string) => boolean) | undefined {
  if (query.items === '*') return undefined;
  const alias = query.alias ?? defaultAlias;
  const selected = query.items.map(({ expression }) => expression);
  const names: (Name | undefined)[] = [];
  const collect = (expression: Expression): void => {
    if (expression.kind === 'path') names.push(columnOf(expression, alias));
    for (const child of childrenOf(expression)) collect(child);
  };
  for (const expression of selected) collect(expression);
  if (query.where !== undefined) collect(query.where);
  const wanted = new Set<string>();
  for (const name of names) {
    if (name === undefined || position.test(name.text)) return undefined;
    wanted.add(name.text.toUpperCase());
  }
  return (column) => wanted.has(column.toUpperCase());
}

/** Undefined for the whole record. */
function columnOf(
  { first, steps }: Expression & { readonly kind: 'path' },
  alias: Name,
): Name | undefined {
  if (!sameName(first, alias)) return first;
  const [step] = steps;
  return step?.kind === 'member' ? step.name : undefined;
}
