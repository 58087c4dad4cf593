/**
 * The values of S3 Select's SQL: those of Ion that its reference lists under "Data types", and MISSING.
 *
 * Integers are `bigint`, decimals exact, floats `number`. MISSING is what a record doesn't have, NULL what it
 * says is nothing.
 */
import type { Decimal } from './decimal.ts';
import type { Timestamp } from './timestamp.ts';

/** MISSING is `undefined`, NULL is `null`. */
export type Value =
  | undefined
  | null
  | boolean
  | bigint
  | number
  | string
  | Decimal
  | Timestamp
  | List
  | Struct;

export type List = readonly Value[];

/** Members in the order of the file. */
export type Struct = ReadonlyMap<string, Value>;

export const isStruct = (value: Value): value is Struct => value instanceof Map;

export const isList = (value: Value): value is List => Array.isArray(value);

export const isDecimal = (value: Value): value is Decimal =>
  typeof value === 'object' && value !== null && 'coefficient' in value;

export const isTimestamp = (value: Value): value is Timestamp =>
  typeof value === 'object' && value !== null && 'precision' in value;

/** NULL or MISSING. */
export const isAbsent = (value: Value): value is null | undefined =>
  value === null || value === undefined;
