/**
 * The policy of a browser's form: what its signer lets others upload ("POST policy" in the API reference).
 *
 * Every field of the form has to be allowed by a condition, and every condition has to be met. Fields that
 * need none: the policy itself, its signature, the file, and names that begin with `x-ignore-`. Checksum
 * fields need none either: they only say that the bytes have to be the right ones.
 */
import { S3Error } from '../errors.ts';

export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

interface FieldCondition {
  readonly kind: 'eq' | 'starts-with';
  /** In lower case. */
  readonly field: string;
  readonly value: string;
}

type Condition = FieldCondition | ({ readonly kind: 'content-length-range' } & SizeRange);

export interface PostPolicy {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly conditions: readonly (Condition & { readonly text: string })[];
}

const base64 = /^[A-Za-z0-9+/=\s]+$/;

/**
 * @param encoded base64 of the document
 * @throws S3Error InvalidPolicyDocument
 */
export function parsePolicy(encoded: string): PostPolicy {
  if (!base64.test(encoded)) throw invalid('Invalid Base64 encoding.');
  const document = parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  if (conditions === undefined) throw invalid('Policy missing conditions.');
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  const parsed = conditions.map((condition) => ({
    ...parseCondition(condition),
    text: textOf(condition),
  }));
  if (parsed.filter(({ kind }) => kind === 'content-length-range').length > 1) {
    throw invalid('Invalid Condition: content-length-range may be given only once.');
  }
  return { expiresAt: parseExpiration(expiration), conditions: parsed };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** `\$` and `\v`, which JSON doesn't know, are among a policy's own escapes. */
function parseJson(text: string): JsonObject {
  const json = text.replaceAll(/\\([\s\S])/g, (written, character: string) => {
    if (character === '$') return '$';
    return character === 'v' ? '\\u000b' : written;
  });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid('Invalid JSON.', cause);
  }
  if (!isObject(value)) throw invalid('Invalid JSON.');
  return value;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function parseExpiration(given: unknown): number {
  const time = typeof given === 'string' && isoTime.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(`Invalid 'expiration' value: '${String(given)}'`);
  return time;
}

function parseCondition(given: unknown): Condition {
  if (Array.isArray(given)) return parseList(given);
  if (!isObject(given)) throw invalid('Invalid Condition: must be a List or an Object.');
  const entries = Object.entries(given);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw invalid(
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    );
  }
  const [name, value] = entry;
  if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.');
  return { kind: 'eq', field: name.toLowerCase(), value };
}

function parseList(given: readonly unknown[]): Condition {
  const [operator, first, second] = given;
  const kind = typeof operator === 'string' ? operator.toLowerCase() : '';
  if (kind !== 'eq' && kind !== 'starts-with' && kind !== 'content-length-range') {
    throw invalid(`Invalid Condition: unknown operation '${String(operator)}'.`);
  }
  if (given.length !== 3) throw invalid(`Invalid ${kind} condition: wrong number of arguments.`);
  if (kind === 'content-length-range') {
    const min = sizeOf(first);
    const max = sizeOf(second);
    if (min > max) throw invalid('Invalid content-length-range: the minimum is over the maximum.');
    return { kind, min, max };
  }
  if (typeof first !== 'string' || !first.startsWith('$') || typeof second !== 'string') {
    throw invalid(`Invalid ${kind} condition: a field as $name and a value are needed.`);
  }
  return { kind, field: first.slice(1).toLowerCase(), value: second };
}

function sizeOf(given: unknown): number {
  const text = typeof given === 'number' || typeof given === 'string' ? String(given) : '';
  if (!/^\d{1,15}$/.test(text)) {
    throw invalid('Invalid content-length-range: sizes are whole numbers from 0.');
  }
  return Number(text);
}

const needNoCondition: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'file',
  'policy',
  'signature',
  'x-amz-signature',
]);

function needsCondition(name: string): boolean {
  return (
    !needNoCondition.has(name) &&
    !name.startsWith('x-ignore-') &&
    !name.startsWith('x-amz-checksum-')
  );
}

/**
 * The sizes that the file may have; undefined if the policy doesn't say.
 * @param fields name in lower case → value; `bucket` among them is the one that is posted to
 * @throws S3Error AccessDenied
 */
export function checkPolicy(
  { expiresAt, conditions }: PostPolicy,
  fields: ReadonlyMap<string, string>,
  now: number,
): SizeRange | undefined {
  if (now >= expiresAt) throw denied('Policy expired.');
  const covered = new Set<string>();
  let range: SizeRange | undefined;
  for (const condition of conditions) {
    if (condition.kind === 'content-length-range') {
      range = { min: condition.min, max: condition.max };
      continue;
    }
    const given = fields.get(condition.field);
    if (given === undefined ? !takesAnything(condition) : !isMet(condition, given)) {
      throw denied(`Policy Condition failed: ${condition.text}`);
    }
    covered.add(condition.field);
  }
  const extra = [...fields.keys()].filter((name) => needsCondition(name) && !covered.has(name));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
  return range;
}

/** Documented as allowing any content: a form may then do without the field too. */
function takesAnything({ kind, value }: FieldCondition): boolean {
  return kind === 'starts-with' && value === '';
}

function isMet({ kind, field, value }: FieldCondition, given: string): boolean {
  if (kind === 'eq') return given === value;
  // Several types at once are a list, of which each has to be allowed.
  if (field === 'content-type' && given.includes(',')) {
    return given.split(',').every((type) => type.trim().startsWith(value));
  }
  return given.startsWith(value);
}

/** As S3 shows a condition in its errors. */
function textOf(condition: unknown): string {
  const list = Array.isArray(condition)
    ? condition
    : Object.entries(condition as JsonObject).flatMap(([name, value]) => ['eq', `$${name}`, value]);
  return `[${list.map((item) => JSON.stringify(item)).join(', ')}]`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function denied(message: string): S3Error {
  return new S3Error('AccessDenied', { message: `Invalid according to Policy: ${message}` });
}

function invalid(message: string, cause?: unknown): S3Error {
  return new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${message}`, cause });
}
