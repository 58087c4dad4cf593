/**
 * Scalars from their text on the wire: numbers, booleans, dates, enumerations.
 *
 * Readers answer undefined for text that isn't a value of the kind; what that means depends on where it stood.
 */
import { type EnumName, enums, openEnums } from '../model/enums.gen.ts';
import type { Member, MemberKind, ScalarKind } from '../model/shape.ts';
import { parseHttpDate, parseIsoDate } from './http-date.ts';

export type Scalar = string | number | boolean | Date | Buffer;

const integerText = /^[+-]?\d{1,16}$/;
const maxInteger = 2 ** 31 - 1;
const base64Text = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

function parseInteger(text: string, max: number): number | undefined {
  if (!integerText.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= max ? value : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === '1') return true;
  return lower === 'false' || lower === '0' ? false : undefined;
}

/** What comes as text. Streams and structures don't. */
export function parseScalar(kind: MemberKind | string, text: string): Scalar | undefined {
  switch (kind) {
    case 'string':
      return text;
    case 'integer':
      return parseInteger(text.trim(), maxInteger);
    case 'long':
      return parseInteger(text.trim(), Number.MAX_SAFE_INTEGER);
    case 'boolean':
      return parseBoolean(text.trim());
    case 'date-time':
      return parseIsoDate(text.trim());
    case 'http-date':
      return parseHttpDate(text.trim());
    case 'blob':
      return base64Text.test(text) ? Buffer.from(text, 'base64') : undefined;
    default:
      throw new Error(`${kind} doesn't come as text`);
  }
}

/** Clients spell these in lower case too. */
const caseInsensitiveEnums: ReadonlySet<string> = new Set([
  'ChecksumAlgorithm',
  'CompressionType',
  'ExpressionType',
  'FileHeaderInfo',
  'JSONType',
  'QuoteFields',
]);

const allowed: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(enums).map(([name, values]) => [name, new Set<string>(values)]),
);

export function enumValues(name: string): readonly string[] {
  return enums[name as EnumName];
}

/** The value as the enumeration spells it; undefined if it isn't one of them. */
export function parseEnum(name: string, text: string): string | undefined {
  if (openEnums.has(name)) return text;
  const value = caseInsensitiveEnums.has(name) ? text.toUpperCase() : text;
  return allowed.get(name)!.has(value) ? value : undefined;
}

/** A member's value from its text, or one item of a list's. */
export function parseMember(member: Member, text: string): Scalar | undefined {
  if (member.enum !== undefined) return parseEnum(member.enum, text.trim());
  return parseScalar(member.kind === 'list' ? (member.of as ScalarKind) : member.kind, text);
}
