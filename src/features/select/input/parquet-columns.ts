/**
 * Columns of a Parquet file and what their values are in SQL: "Types" and "Logical types" of the Parquet
 * format. Decimals and timestamps are exact.
 */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { S3Error } from '../../../protocol/errors.ts';
import { isInCalendar, type Timestamp, timestampOfUnits } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';

/** A value as PLAIN encoding has it. */
export type RawValue = boolean | bigint | number | Buffer;

export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  convert(value: RawValue): Value;
}

const secondsOfDay = 86_400;
const unixEpochJulianDay = 2_440_588n;
const unitsPerSecond = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n } as const;
const maxScale = 400;

/** @throws S3Error ParquetParsingError, also for nested columns */
export function parquetColumns({ schema }: FileMetaData): readonly ParquetColumn[] {
  const [, ...elements] = schema;
  return elements.map((element) => {
    if (element.type === undefined || element.repetition_type === 'REPEATED') {
      throw unsupported(`the nested column ${element.name.slice(0, 128)}`);
    }
    return { name: element.name, element, convert: converterOf(element) };
  });
}

/** What Parquet has and Kist can't read. */
export function unsupported(what: string): S3Error {
  return new S3Error('ParquetParsingError', {
    message: `The Parquet file has ${what}, which isn't supported.`,
  });
}

function converterOf(element: SchemaElement): (value: RawValue) => Value {
  const { type, logical_type: logical, converted_type: converted } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalConverter(element);
  switch (type) {
    case 'INT32':
    case 'INT64':
      return integerConverter(element);
    case 'INT96':
      return (value) => timestampOfInt96(value as Buffer);
    case 'BYTE_ARRAY':
      return (value) => (value as Buffer).toString('utf8');
    case 'FIXED_LEN_BYTE_ARRAY':
      if (logical?.type === 'FLOAT16') throw unsupported('a column of the type FLOAT16');
      // SQL has no type for bytes.
      return (value) => (value as Buffer).toString('base64');
    default:
      return (value) => value as Value;
  }
}

function integerConverter({
  logical_type: logical,
  converted_type: converted,
}: SchemaElement): (value: RawValue) => Value {
  if (converted === 'DATE' || logical?.type === 'DATE') return (value) => dateOf(value as bigint);
  if (logical?.type === 'TIMESTAMP') {
    const perSecond = unitsPerSecond[logical.unit];
    return (value) => inCalendar(timestampOfUnits(value as bigint, perSecond));
  }
  if (converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS') {
    const perSecond = unitsPerSecond[converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : 'MICROS'];
    return (value) => inCalendar(timestampOfUnits(value as bigint, perSecond));
  }
  const isUnsigned =
    converted?.startsWith('UINT') === true || (logical?.type === 'INTEGER' && !logical.isSigned);
  if (!isUnsigned) return (value) => value as bigint;
  const bits = converted === 'UINT_64' || (logical?.type === 'INTEGER' && logical.bitWidth === 64);
  return (value) => BigInt.asUintN(bits ? 64 : 32, value as bigint);
}

function decimalConverter({ scale, logical_type: logical }: SchemaElement) {
  const digits = scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0) ?? 0;
  if (!(digits >= 0 && digits <= maxScale)) throw new S3Error('ParquetParsingError');
  return (value: RawValue): Value => ({
    coefficient: Buffer.isBuffer(value) ? signed(value) : (value as bigint),
    scale: digits,
  });
}

/** Two's complement, big-endian. */
function signed(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length > 128) throw unsupported('decimals of that many digits');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

function dateOf(days: bigint): Timestamp {
  const seconds = Number(days) * secondsOfDay;
  return inCalendar({ seconds, fraction: '', offset: undefined, precision: 'day' });
}

function inCalendar(timestamp: Timestamp): Timestamp {
  if (!isInCalendar(timestamp)) throw unsupported('a time outside of the years 1 to 9999');
  return timestamp;
}

/** Nanoseconds of the day, then the Julian day. */
function timestampOfInt96(bytes: Buffer): Timestamp {
  const days = BigInt(bytes.readUInt32LE(8)) - unixEpochJulianDay;
  const nanos = bytes.readBigInt64LE(0);
  return inCalendar(timestampOfUnits(days * 86_400_000_000_000n + nanos, unitsPerSecond.NANOS));
}
