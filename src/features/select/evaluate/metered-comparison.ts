/** Comparing values, at the price of what they have in common: no more of them is looked at. */
import { compareValues, equalValues } from '../values/compare.ts';
import { isList, isStruct, type Value } from '../values/value.ts';
import type { Meter } from './meter.ts';

interface Comparing {
  /** Text may be numbers: CSV. */
  readonly untyped: boolean;
  readonly meter: Meter;
}

/** @throws S3Error MaxOperatorsExceeded */
export function areEqual(a: Value, b: Value, { untyped, meter }: Comparing): boolean {
  spend(a, b, meter);
  return equalValues(a, b, untyped);
}

/** Undefined where they have no order. @throws S3Error MaxOperatorsExceeded */
export function orderOf(a: Value, b: Value, { untyped, meter }: Comparing): number | undefined {
  spend(a, b, meter);
  return compareValues(a, b, untyped);
}

function spend(a: Value, b: Value, meter: Meter): void {
  if (typeof a === 'string' && typeof b === 'string') meter.spend(Math.min(a.length, b.length));
  else if ((isList(a) && isList(b)) || (isStruct(a) && isStruct(b))) spendOnAll(a, meter);
}

function spendOnAll(value: Value, meter: Meter): void {
  if (typeof value === 'string') meter.spend(value.length);
  if (!isList(value) && !isStruct(value)) return;
  meter.spend(isList(value) ? value.length : value.size);
  for (const one of value.values()) spendOnAll(one, meter);
}
