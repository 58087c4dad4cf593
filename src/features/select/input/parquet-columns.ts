/**
 * Columns of a Parquet file and how their values become those of SQL: "Data type" and "Logical types" of the
 * Parquet format. Decimals and timestamps are kept exact, so that the library's own conversion to floats and
 * dates is not used for them.
 */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { S3Error } from '../../../protocol/errors.ts';
import type { Decimal } from '../values/decimal.ts';
import { type Timestamp, timestampOfUnits } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';

export interface ParquetColumn {
  readonly name: string;
  /** @param value neither null nor undefined */
  convert(value: unknown): Value;
}

const decoder = new TextDecoder();
const secondsOfDay = 86_400;

/** What the library calls for values of these types. */
export const parquetParsers = {
  timestampFromMilliseconds: (value: bigint) => unlessAbsent(value, 1000n),
  timestampFromMicroseconds: (value: bigint) => unlessAbsent(value, 1_000_000n),
  timestampFromNanoseconds: (value: bigint) => unlessAbsent(value, 1_000_000_000n),
  dateFromDays: (days: number | undefined): Timestamp | undefined =>
    days === undefined
      ? undefined
      : { seconds: days * secondsOfDay, fraction: '', offset: undefined, precision: 'day' },
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
};

function unlessAbsent(value: bigint | undefined, perSecond: bigint): Timestamp | undefined {
  return value === undefined || value === null ? undefined : timestampOfUnits(value, perSecond);
}

/**
 * Takes the scale out of decimals in the metadata, so that the library leaves their digits as they are.
 * @throws S3Error ParquetParsingError, also for nested columns
 */
export function parquetColumns(metadata: FileMetaData): readonly ParquetColumn[] {
  const [, ...elements] = metadata.schema;
  return elements.map((element) => {
    if (element.type === undefined || element.repetition_type === 'REPEATED') {
      throw unsupported(`the nested column ${element.name.slice(0, 128)}`);
    }
    return { name: element.name, convert: converterOf(element) };
  });
}

/** What Parquet has and Kist can't read. */
export function unsupported(what: string): S3Error {
  return new S3Error('ParquetParsingError', {
    message: `The Parquet file has ${what}, which isn't supported.`,
  });
}

function converterOf(element: SchemaElement): (value: unknown) => Value {
  const { type, logical_type: logical, converted_type: converted } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalConverter(element);
  const isText =
    converted === 'UTF8' ||
    converted === 'ENUM' ||
    converted === 'JSON' ||
    logical?.type === 'STRING' ||
    logical?.type === 'UUID';
  switch (type) {
    case 'INT32':
    case 'INT64':
      return (value) => (typeof value === 'number' ? BigInt(value) : (value as Value));
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return isText || type === 'BYTE_ARRAY' ? textOf : bytesOf;
    default:
      return (value) => value as Value;
  }
}

function decimalConverter(element: SchemaElement): (value: unknown) => Value {
  const logical = element.logical_type;
  const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0) ?? 0;
  if (!(scale >= 0 && scale <= 400)) throw new S3Error('ParquetParsingError');
  element.converted_type = undefined;
  element.logical_type = undefined;
  return (value): Decimal => {
    if (value instanceof Uint8Array) return { coefficient: signed(value), scale };
    return { coefficient: BigInt(value as number | bigint), scale };
  };
}

/** Two's complement, big-endian. */
function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, value);
}

function textOf(value: unknown): Value {
  return value instanceof Uint8Array ? decoder.decode(value) : (value as Value);
}

/** Bytes that are no text, as SQL has no type for them. */
function bytesOf(value: unknown): Value {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : (value as Value);
}
