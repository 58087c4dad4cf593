/**
 * What S3 answers to a header or query parameter whose value it can't take. Where the table is silent it is
 * InvalidArgument with the catalogue's message.
 */
import type { Member } from '../model/shape.ts';
import { type ErrorCode, S3Error } from './errors.ts';
import { enumValues } from './values.ts';

interface ArgumentError {
  readonly code?: ErrorCode;
  readonly message?: (value: string, member: Member) => string;
  /** Instead of ArgumentName and ArgumentValue. */
  readonly field?: string;
}

const unsupportedChecksum: ArgumentError = {
  code: 'InvalidRequest',
  message: () =>
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${enumValues('ChecksumAlgorithm').join(', ')}]`,
};

/** By the name on the wire, in lower case. */
const argumentErrors: Readonly<Record<string, ArgumentError>> = {
  'encoding-type': { message: () => 'Invalid Encoding Method specified in Request' },
  'x-amz-checksum-algorithm': unsupportedChecksum,
  'x-amz-checksum-type': {
    code: 'InvalidRequest',
    message: () => 'Value for x-amz-checksum-type header is invalid.',
  },
  'x-amz-metadata-directive': { message: () => 'Unknown metadata directive.' },
  'x-amz-object-attributes': { message: () => 'Invalid attribute name specified.' },
  'x-amz-object-lock-mode': { message: () => 'Unknown wormMode directive.' },
  'x-amz-object-lock-retain-until-date': {
    message: () => 'The retain until date must be provided in ISO 8601 format',
  },
  'x-amz-object-ownership': {
    message: (value) => `Invalid x-amz-object-ownership header: ${value}`,
  },
  'x-amz-sdk-checksum-algorithm': unsupportedChecksum,
  'x-amz-server-side-encryption': {
    message: () => 'The encryption method specified is not supported',
  },
  'x-amz-storage-class': { code: 'InvalidStorageClass', field: 'StorageClassRequested' },
  'x-amz-tagging-directive': { message: () => 'Unknown tagging directive.' },
};

export function invalidArgument(member: Member, wire: string, value: string): S3Error {
  const row = argumentErrors[wire.toLowerCase()] ?? {};
  const isNumber = member.kind === 'integer' || member.kind === 'long';
  const message =
    row.message?.(value, member) ??
    (isNumber ? `Provided ${wire} not an integer or within integer range` : undefined);
  return new S3Error(row.code ?? 'InvalidArgument', {
    ...(message === undefined ? {} : { message }),
    fields:
      row.field === undefined
        ? { ArgumentName: wire, ArgumentValue: value }
        : { [row.field]: value },
  });
}

interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  readonly message: string;
}

const atLeastZero = (argument: string): IntegerBounds => ({
  min: 0,
  max: 2 ** 31 - 1,
  message: `Argument ${argument} must be an integer between 0 and 2147483647`,
});

/** By the name on the wire. */
const integerBounds: Readonly<Record<string, IntegerBounds>> = {
  'max-buckets': {
    min: 1,
    max: 10_000,
    message: 'Argument max-buckets must be an integer between 1 and 10000',
  },
  'max-keys': atLeastZero('maxKeys'),
  'max-parts': atLeastZero('max-parts'),
  'max-uploads': atLeastZero('max-uploads'),
  'x-amz-max-parts': atLeastZero('max-parts'),
  partNumber: {
    min: 1,
    max: 10_000,
    message: 'Part number must be an integer between 1 and 10000, inclusive',
  },
};

/** Throws InvalidArgument if a number is outside of what S3 takes for this parameter. */
export function assertIntegerBounds(wire: string, value: number): void {
  const bounds = integerBounds[wire];
  if (bounds === undefined || (value >= bounds.min && value <= bounds.max)) return;
  throw new S3Error('InvalidArgument', {
    message: bounds.message,
    fields: { ArgumentName: wire, ArgumentValue: String(value) },
  });
}
