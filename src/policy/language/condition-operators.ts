/** Condition operators ("IAM JSON policy elements: Condition operators" in the IAM user guide). */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { ValueTest } from './document.ts';
import { matches, matchesArn, matchesIgnoringCase, parseTemplate } from './template.ts';

export interface OperatorOptions {
  /** Policy variables have their meaning (Version 2012-10-17). */
  readonly variables: boolean;
}

export interface Operator {
  readonly negated: boolean;
  /** Undefined for a value that the operator cannot have. */
  test(value: string, options: OperatorOptions): ValueTest | undefined;
}

type MakeTest = Operator['test'];

const equals: MakeTest = (value, { variables }) => {
  const template = parseTemplate(value, { wildcards: false, variables });
  return template && ((actual, request) => matches(template, actual, request));
};

const equalsIgnoringCase: MakeTest = (value, { variables }) => {
  const template = parseTemplate(value, { wildcards: false, variables });
  return template && ((actual, request) => matchesIgnoringCase(template, actual, request));
};

const like: MakeTest = (value, { variables }) => {
  const template = parseTemplate(value, { wildcards: true, variables });
  return template && ((actual, request) => matches(template, actual, request));
};

const arn: MakeTest = (value, { variables }) => {
  const template = parseTemplate(value, { wildcards: true, variables });
  return template && ((actual, request) => matchesArn(template, actual, request));
};

const number = (holds: (actual: number, wanted: number) => boolean): MakeTest =>
  compared(numberOf, holds);

const date = (holds: (actual: number, wanted: number) => boolean): MakeTest =>
  compared(timeOf, holds);

function compared(
  read: (text: string) => number | undefined,
  holds: (actual: number, wanted: number) => boolean,
): MakeTest {
  return (value) => {
    const wanted = read(value);
    if (wanted === undefined) return undefined;
    return (text) => {
      const actual = read(text);
      return actual !== undefined && holds(actual, wanted);
    };
  };
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}

const isoDate = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/;

/** Milliseconds since the epoch of an ISO 8601 date, or of seconds since the epoch. */
function timeOf(text: string): number | undefined {
  if (/^\d{5,12}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  if (!isoDate.test(text)) return undefined;
  const hasTime = text.includes('T');
  const zoned = hasTime && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

const bool: MakeTest = (value) => {
  const wanted = value.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') return undefined;
  return (actual) => actual.toLowerCase() === wanted;
};

const binary: MakeTest = (value) => {
  if (Buffer.from(value, 'base64').toString('base64') !== value) return undefined;
  return (actual) => actual === value;
};

const address: MakeTest = (value) => {
  const range = addressRange(value);
  if (range === undefined) return undefined;
  const list = new BlockList();
  list.addSubnet(range.address, range.bits, range.family);
  return (actual) => {
    if (isIPv4(actual)) return list.check(actual, 'ipv4');
    return isIPv6(actual) && list.check(actual, 'ipv6');
  };
};

export interface AddressRange {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** `10.0.0.0/8`, `2001:db8::/32` or one address; undefined for anything else. */
export function addressRange(text: string): AddressRange | undefined {
  const match = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const named = match[1]!;
  if (!isIPv4(named) && !isIPv6(named)) return undefined;
  const family = isIPv4(named) ? 'ipv4' : 'ipv6';
  const most = family === 'ipv4' ? 32 : 128;
  const bits = match[2] === undefined ? most : Number(match[2]);
  return bits <= most ? { address: named, bits, family } : undefined;
}

const is = (test: MakeTest): Operator => ({ negated: false, test });
const not = (test: MakeTest): Operator => ({ negated: true, test });

const table = {
  StringEquals: is(equals),
  StringNotEquals: not(equals),
  StringEqualsIgnoreCase: is(equalsIgnoringCase),
  StringNotEqualsIgnoreCase: not(equalsIgnoringCase),
  StringLike: is(like),
  StringNotLike: not(like),
  NumericEquals: is(number((actual, wanted) => actual === wanted)),
  NumericNotEquals: not(number((actual, wanted) => actual === wanted)),
  NumericLessThan: is(number((actual, wanted) => actual < wanted)),
  NumericLessThanEquals: is(number((actual, wanted) => actual <= wanted)),
  NumericGreaterThan: is(number((actual, wanted) => actual > wanted)),
  NumericGreaterThanEquals: is(number((actual, wanted) => actual >= wanted)),
  DateEquals: is(date((actual, wanted) => actual === wanted)),
  DateNotEquals: not(date((actual, wanted) => actual === wanted)),
  DateLessThan: is(date((actual, wanted) => actual < wanted)),
  DateLessThanEquals: is(date((actual, wanted) => actual <= wanted)),
  DateGreaterThan: is(date((actual, wanted) => actual > wanted)),
  DateGreaterThanEquals: is(date((actual, wanted) => actual >= wanted)),
  Bool: is(bool),
  BinaryEquals: is(binary),
  IpAddress: is(address),
  NotIpAddress: not(address),
  ArnEquals: is(arn),
  ArnNotEquals: not(arn),
  ArnLike: is(arn),
  ArnNotLike: not(arn),
  /** Its value says whether the key is to be absent; see conditions.ts. */
  Null: is(bool),
} as const satisfies Readonly<Record<string, Operator>>;

export const operators: ReadonlyMap<string, Operator> = new Map(Object.entries(table));
