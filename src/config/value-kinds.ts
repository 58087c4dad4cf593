/**
 * The kinds of value that a setting can have: how text (environment, flags) and YAML become a value,
 * and the one sentence that says what is allowed.
 */
import { isIP } from 'node:net';
import { checkAddressRule } from '../limits/addresses.ts';

export interface ValueKind<T> {
  /** Takes text as well as the typed value. */
  readonly check: (value: unknown) => Checked<T>;
  /** Completes "must be ...". */
  readonly allowed: string;
  /** What stands for the value in help and docs. */
  readonly placeholder: string;
}

/** A value as it is used from here on, or what is wrong with it: at least one problem. */
export type Checked<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly problems: readonly ValueProblem[] };

export interface ValueProblem {
  /** Where within the value; empty: all of it. */
  readonly path: readonly (string | number)[];
  /** Completes a sentence whose subject is the setting: "must be ...". */
  readonly message: string;
}

/** `read` gives undefined for what is not allowed. */
function kindOf<T>(
  allowed: string,
  placeholder: string,
  read: (value: unknown) => T | undefined,
): ValueKind<T> {
  const refused = { problems: [{ path: [], message: `must be ${allowed}` }] };
  const check = (given: unknown): Checked<T> => {
    const value = read(given);
    return value === undefined ? refused : { value };
  };
  return { check, allowed, placeholder };
}

/** Let's Encrypt's limit for one certificate. */
const maxCertificateNames = 100;

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

/** `12`, or `12 MiB` where units are given; anything else stays what it is, to be refused. */
function numberFromText(value: unknown, units: Readonly<Record<string, number>>): unknown {
  if (typeof value !== 'string') return value;
  const match = /^\s*(\d{1,16})\s*([a-z]*)\s*$/i.exec(value);
  const unit = match === null ? undefined : units[match[2]!.toLowerCase()];
  return match === null || unit === undefined ? value : Number(match[1]) * unit;
}

function numberKind(
  { min, max }: { readonly min: number; readonly max: number },
  units: Readonly<Record<string, number>>,
  allowed: string,
  placeholder: string,
): ValueKind<number> {
  return kindOf(allowed, placeholder, (given) => {
    const value = numberFromText(given, units);
    const fits =
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
    return fits ? (value as number) : undefined;
  });
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
  return kindOf(allowed, placeholder, (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined,
  );
}

export function choice<const T extends string>(values: readonly [T, ...T[]]): ValueKind<T> {
  return kindOf(`one of ${values.join(', ')}`, values.join('|'), (value) =>
    values.find((each) => each === value),
  );
}

/** An IP address or a host name to listen on. */
export function listenHost(): ValueKind<string> {
  const allowed = 'an IP address or a host name of this machine, without port or scheme';
  return kindOf(allowed, 'address', (value) =>
    typeof value === 'string' && (isIP(value) !== 0 || isHostName(value)) ? value : undefined,
  );
}

/** One domain or several; text separates them by commas. */
export function domains(): ValueKind<readonly string[]> {
  const allowed = 'a host name such as s3.example.com, or several of them, without port or scheme';
  const isDomain = (name: string): boolean => isIP(name) === 0 && isHostName(name);
  return kindOf(allowed, 'name', (value) => {
    const names = listFromText(value)?.map((name) => name.toLowerCase());
    return names?.every(isDomain) && names.length >= 1 && names.length <= 64 ? names : undefined;
  });
}

/** IP addresses and CIDR blocks; text separates them by commas. */
export function networks(): ValueKind<readonly string[]> {
  const allowed = 'an IP address or a CIDR block such as 10.0.0.0/8, or several of them';
  return kindOf(allowed, 'addresses', (value) => {
    const list = listFromText(value);
    try {
      return list && checkAddressRule(list) && list;
    } catch {
      return undefined;
    }
  });
}

/** Names of one certificate, the first label of each a star where all names beside it are meant. */
export function certificateNames(): ValueKind<readonly string[]> {
  const allowed = `a host name such as s3.example.com or *.s3.example.com, or up to ${maxCertificateNames} of them`;
  const isName = (name: string): boolean => {
    const host = name.replace(/^\*\./, '');
    return isIP(host) === 0 && isHostName(host) && host.includes('.');
  };
  return kindOf(allowed, 'name', (value) => {
    const names = listFromText(value)?.map((name) => name.toLowerCase());
    if (!names?.every(isName) || names.length > maxCertificateNames) return undefined;
    return [...new Set(names)];
  });
}

/** One id of a key or several; text separates them by commas. */
export function keyIds(): ValueKind<readonly string[]> {
  const allowed = 'an id of 1 to 256 letters, digits, or /_-, or several of them';
  const isKeyId = (id: string): boolean => /^[A-Za-z0-9/_-]{1,256}$/.test(id);
  return kindOf(allowed, 'id', (value) => {
    const ids = listFromText(value);
    return ids?.every(isKeyId) && ids.length <= 1_000 ? ids : undefined;
  });
}

/** A list of texts, or one text with commas between them; undefined if it is neither. */
function listFromText(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.split(',').map((part) => part.trim());
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
    ? [...value]
    : undefined;
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
  return kindOf('true or false', '', (value) => {
    if (value === true || value === 'true' || value === '1') return true;
    return value === false || value === 'false' || value === '0' ? false : undefined;
  });
}
