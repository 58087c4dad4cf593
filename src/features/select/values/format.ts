/** Values as text: what CAST to STRING gives, and what the output is written with. */
import { S3Error } from '../../../protocol/errors.ts';
import { maxTextLength } from '../limits.ts';
import { formatDecimal } from './decimal.ts';
import { formatTimestamp } from './timestamp.ts';
import { isAbsent, isDecimal, isList, isStruct, isTimestamp, type Value } from './value.ts';

/** NULL and MISSING are empty; lists and structs are JSON. */
export function formatText(value: Value): string {
  if (typeof value === 'string') return value;
  return isAbsent(value) ? '' : formatJson(value);
}

/** MISSING items of a list become null. */
export function formatJson(value: Value): string {
  if (isAbsent(value)) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
  }
  if (isDecimal(value)) return formatDecimal(value);
  if (isTimestamp(value)) return JSON.stringify(formatTimestamp(value));
  if (isList(value)) return `[${value.map(formatJson).join(',')}]`;
  return isStruct(value) ? formatMembers(value) : 'null';
}

/** MISSING members are left out. @throws S3Error OverMaxRecordSize */
export function formatMembers(members: Iterable<readonly [string, Value]>): string {
  let text = '';
  for (const [name, value] of members) {
    if (value === undefined) continue;
    const member = `${JSON.stringify(name)}:${formatJson(value)}`;
    text = assertTextLength(text === '' ? member : `${text},${member}`);
  }
  return `{${text}}`;
}

/** A timestamp as CAST to STRING has it, without the quotes of JSON. */
export function formatScalarText(value: Value): string {
  return isTimestamp(value) ? formatTimestamp(value) : formatText(value);
}

/** @throws S3Error OverMaxRecordSize for text that no record could hold */
export function assertTextLength(text: string): string {
  if (text.length > maxTextLength) throw new S3Error('OverMaxRecordSize');
  return text;
}
