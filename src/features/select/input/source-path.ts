/**
 * What FROM names within one JSON value: `S3Object[*].a[*].b`. Where the path leads nowhere there is one
 * record, MISSING ("FROM clause" in the SQL reference).
 */
import { memberOf, stepInto } from '../evaluate/row-shape.ts';
import type { SourceStep } from '../sql/syntax.ts';
import { isList, isStruct, type Value } from '../values/value.ts';

export function* valuesAt(
  value: Value,
  steps: readonly SourceStep[],
  at = 0,
): Generator<Value, void, undefined> {
  const step = steps[at];
  if (step === undefined) {
    yield value;
  } else if (step.kind === 'items') {
    if (!isList(value)) yield undefined;
    else for (const item of value) yield* valuesAt(item, steps, at + 1);
  } else if (step.kind === 'members') {
    if (!isStruct(value)) yield undefined;
    else for (const item of value.values()) yield* valuesAt(item, steps, at + 1);
  } else {
    const found = stepInto(step)(value);
    if (found === undefined) yield undefined;
    else yield* valuesAt(found, steps, at + 1);
  }
}

/** Whether a member's name is the one that the step wants. */
export function nameMatches(step: SourceStep, name: string): boolean {
  if (step.kind === 'members') return true;
  if (step.kind !== 'member') return false;
  return memberOf(step.name)(new Map([[name, true]])) !== undefined;
}
