/** Decimal numbers as S3 Select has them: exact, of up to 38 digits ("Data types" in its reference). */

/** `coefficient × 10^-scale`. */
export interface Decimal {
  readonly coefficient: bigint;
  /** Not negative. */
  readonly scale: number;
}

const maxDigits = 38;
/** Beyond this exponent a number is a float: writing it out would take more room than it is worth. */
const maxScale = 400;

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

const powers: bigint[] = [1n];
function power(exponent: number): bigint {
  powers[exponent] ??= 10n ** BigInt(exponent);
  return powers[exponent];
}

/** Undefined for what isn't a number, or has an exponent that only a float can hold. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = decimalText.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '' || digits.length > 2 * maxScale) return undefined;
  const magnitude = BigInt(digits);
  const coefficient = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > maxScale) return undefined;
  return scale >= 0
    ? { coefficient, scale }
    : { coefficient: coefficient * power(-scale), scale: 0 };
}

export function decimalOf(value: bigint): Decimal {
  return { coefficient: value, scale: 0 };
}

/** The decimal that a float is written as. */
export function decimalOfFloat(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

export function decimalToNumber(value: Decimal): number {
  return Number(formatDecimal(value));
}

/** Without trailing zeros of the fraction that arithmetic left. */
export function formatDecimal({ coefficient, scale }: Decimal): string {
  if (scale === 0) return coefficient.toString();
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString().padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right] = aligned(a, b);
  return rounded({ coefficient: left + right, scale: Math.max(a.scale, b.scale) });
}

export function negateDecimal({ coefficient, scale }: Decimal): Decimal {
  return { coefficient: -coefficient, scale };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return rounded({ coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale });
}

/** @param b not zero */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  // Enough digits that rounding to 38 is all that is lost.
  const extra = Math.max(0, maxDigits + 1 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const coefficient = (a.coefficient * power(extra)) / b.coefficient;
  const scale = a.scale + extra - b.scale;
  const quotient =
    scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * power(-scale), scale: 0 };
  return trimmed(rounded(quotient));
}

/** @param b not zero */
export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right] = aligned(a, b);
  return { coefficient: left % right, scale: Math.max(a.scale, b.scale) };
}

/** Towards zero. */
export function truncateDecimal({ coefficient, scale }: Decimal): bigint {
  return coefficient / power(scale);
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint] {
  if (a.scale === b.scale) return [a.coefficient, b.coefficient];
  return a.scale < b.scale
    ? [a.coefficient * power(b.scale - a.scale), b.coefficient]
    : [a.coefficient, b.coefficient * power(a.scale - b.scale)];
}

function digitsOf(coefficient: bigint): number {
  return (coefficient < 0n ? -coefficient : coefficient).toString().length;
}

/** No number that can be written has as many digits. */
export function isInBounds({ coefficient }: Decimal): boolean {
  return digitsOf(coefficient) <= 3 * maxScale;
}

/** To 38 digits and 400 places, half away from zero, as far as the fraction allows. */
function rounded(value: Decimal): Decimal {
  const digits = Math.min(digitsOf(value.coefficient) - maxDigits, value.scale);
  const excess = Math.max(digits, value.scale - maxScale);
  if (excess <= 0) return value;
  const unit = power(excess);
  const half = unit / 2n;
  const { coefficient } = value;
  const shifted = coefficient < 0n ? coefficient - half : coefficient + half;
  return { coefficient: shifted / unit, scale: value.scale - excess };
}

function trimmed(value: Decimal): Decimal {
  let { coefficient, scale } = value;
  while (scale > 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    scale -= 1;
  }
  return { coefficient, scale };
}
