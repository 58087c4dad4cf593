/** The `Condition` element: all operators, all of their keys, any of their values. */
import { type OperatorOptions, operators } from './condition-operators.ts';
import type { Condition, ConditionKey, Effect, PolicyRequest, ValueTest } from './document.ts';
import { malformedPolicy } from './malformed.ts';
import { conditionKeyOf } from './template.ts';

const operatorPattern = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** @throws S3Error MalformedPolicy */
export function parseConditions(
  element: unknown,
  options: OperatorOptions,
  isConditionKey: (key: ConditionKey) => boolean,
): Condition[] {
  const conditions: Condition[] = [];
  for (const [written, keys] of entriesOf(element)) {
    const match = operatorPattern.exec(written);
    const operator = match === null ? undefined : operators.get(match[2]!);
    if (match === null || operator === undefined || (match[2] === 'Null' && match[3])) {
      throw malformedPolicy(`Invalid Condition type : ${written}`);
    }
    for (const [name, given] of entriesOf(keys)) {
      const key = conditionKeyOf(name);
      if (!isConditionKey(key)) throw malformedPolicy('Policy has an invalid condition key');
      const values = valuesOf(given);
      conditions.push({
        operator: match[2]!,
        key,
        quantifier: match[1] as Condition['quantifier'],
        ifExists: match[3] !== undefined,
        negated: operator.negated,
        values,
        tests: values.map((value): ValueTest => {
          const test = operator.test(value, options);
          if (test === undefined) {
            throw malformedPolicy(`Invalid value for condition type ${written}: ${value}`);
          }
          return test;
        }),
      });
    }
  }
  return conditions;
}

function entriesOf(element: unknown): [string, unknown][] {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw malformedPolicy('Invalid policy syntax.');
  }
  return Object.entries(element);
}

/** Numbers and booleans may be written without quotes. */
function valuesOf(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw malformedPolicy('Invalid policy syntax.');
  return list.map((value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw malformedPolicy('Invalid policy syntax.');
  });
}

/**
 * Whether the request fulfils a condition. What it says is in a document that wasn't read yet counts in
 * the caller's favour: the question is asked again when it was.
 */
export function holds(condition: Condition, request: PolicyRequest, effect: Effect): boolean {
  const actual = request.values(condition.key);
  if (actual === 'unknown') return effect === 'Allow';
  if (condition.operator === 'Null') {
    const isAbsent = String(actual === undefined || actual.length === 0);
    return condition.values.some((value) => value.toLowerCase() === isAbsent);
  }
  if (actual === undefined || actual.length === 0) {
    if (condition.ifExists || condition.quantifier === 'ForAllValues') return true;
    return condition.quantifier === undefined && condition.negated;
  }
  const fulfils = (value: string): boolean =>
    condition.negated
      ? condition.tests.every((test) => differs(test(value, request), effect))
      : condition.tests.some((test) => test(value, request) === true);
  switch (condition.quantifier) {
    case 'ForAllValues':
      return actual.every(fulfils);
    case 'ForAnyValue':
      return actual.some(fulfils);
    case undefined:
      return condition.negated ? actual.every(fulfils) : actual.some(fulfils);
  }
}

/** Where a variable isn't there, nobody is allowed something for not being like it; but denied. */
function differs(result: boolean | undefined, effect: Effect): boolean {
  return result === undefined ? effect === 'Deny' : !result;
}
