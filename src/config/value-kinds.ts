/**
 * The kinds of value that a setting can have: how text (environment, flags) and YAML become a value,
 * and the one sentence that says what is allowed.
 */
import { isIP } from 'node:net';
import { z } from 'zod';

export interface ValueKind<T> {
  /** Takes text as well as the typed value. */
  readonly schema: z.ZodType<T>;
  /** Completes "must be ...". */
  readonly allowed: string;
  /** What stands for the value in help and docs. */
  readonly placeholder: string;
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};
const millisecondUnits: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
};

/** `12`, or `12 MiB` where units are given; anything else stays what it is, for the schema to refuse. */
function numberFromText(value: unknown, units: Readonly<Record<string, number>>): unknown {
  if (typeof value !== 'string') return value;
  const match = /^\s*(\d{1,16})\s*([a-z]*)\s*$/i.exec(value);
  const unit = match === null ? undefined : units[match[2]!.toLowerCase()];
  return match === null || unit === undefined ? value : Number(match[1]) * unit;
}

function numberKind(
  range: { readonly min: number; readonly max: number },
  units: Readonly<Record<string, number>>,
  allowed: string,
  placeholder: string,
): ValueKind<number> {
  const error = `must be ${allowed}`;
  const number = z
    .number({ error })
    .int({ error })
    .min(range.min, { error })
    .max(range.max, { error });
  return {
    schema: z.preprocess((value) => numberFromText(value, units), number),
    allowed,
    placeholder,
  };
}

export function wholeNumber(min: number, max: number, placeholder = 'number'): ValueKind<number> {
  const allowed = `a whole number from ${min} to ${max}`;
  return numberKind({ min, max }, { '': 1 }, allowed, placeholder);
}

export function bytes(min: number, max: number): ValueKind<number> {
  const allowed = `a number of bytes from ${min} to ${max}, KiB, MiB or GiB after it if you like`;
  return numberKind({ min, max }, byteUnits, allowed, 'bytes');
}

export function milliseconds(min: number, max: number): ValueKind<number> {
  const allowed = `a number of milliseconds from ${min} to ${max}, s, min or h after it if you like`;
  return numberKind({ min, max }, millisecondUnits, allowed, 'ms');
}

export function text(pattern: RegExp, allowed: string, placeholder: string): ValueKind<string> {
  const error = `must be ${allowed}`;
  return { schema: z.string({ error }).regex(pattern, { error }), allowed, placeholder };
}

export function choice<const T extends string>(values: readonly [T, ...T[]]): ValueKind<T> {
  const allowed = `one of ${values.join(', ')}`;
  return {
    schema: z.enum(values, { error: `must be ${allowed}` }),
    allowed,
    placeholder: values.join('|'),
  };
}

/** An IP address or a host name to listen on. */
export function listenHost(): ValueKind<string> {
  const allowed = 'an IP address or a host name of this machine, without port or scheme';
  const error = `must be ${allowed}`;
  const host = z
    .string({ error })
    .refine((value) => isIP(value) !== 0 || isHostName(value), { error });
  return { schema: host, allowed, placeholder: 'address' };
}

/** One domain or several; text separates them by commas. */
export function domains(): ValueKind<readonly string[]> {
  const allowed = 'a host name such as s3.example.com, or several of them, without port or scheme';
  const error = `must be ${allowed}`;
  const name = z
    .string({ error })
    .transform((value) => value.toLowerCase())
    .refine((value) => isIP(value) === 0 && isHostName(value), { error });
  const schema = z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(name, { error }).min(1, { error }).max(64, { error }).readonly(),
  );
  return { schema, allowed, placeholder: 'name' };
}

/** One id of a key or several; text separates them by commas. */
export function keyIds(): ValueKind<readonly string[]> {
  const allowed = 'an id of 1 to 256 letters, digits, or /_-, or several of them';
  const error = `must be ${allowed}`;
  const id = z.string({ error }).regex(/^[A-Za-z0-9/_-]{1,256}$/, { error });
  const schema = z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(id, { error }).max(1_000, { error }).readonly(),
  );
  return { schema, allowed, placeholder: 'id' };
}

/** RFC 1123, section 2.1: labels of letters, digits and inner hyphens. */
function isHostName(value: string): boolean {
  return (
    value.length <= 253 &&
    value.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  );
}

/** true or false; as a flag it stands alone. */
export function onOff(): ValueKind<boolean> {
  const allowed = 'true or false';
  const schema = z.preprocess(
    (value) =>
      value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value,
    z.boolean({ error: `must be ${allowed}` }),
  );
  return { schema, allowed, placeholder: '' };
}
