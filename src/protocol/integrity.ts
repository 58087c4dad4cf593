/**
 * Whether a payload is what the client says it is: Content-MD5, x-amz-content-sha256 and x-amz-checksum-*,
 * each computed once while the bytes go by ("Checking object integrity in Amazon S3" in the user guide).
 *
 * The pipeline checks XML documents with it, PutObject and UploadPart their streams.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import { type Digest, digestOf, openDigest } from '../digest/digest.ts';
import { checksumNames, checksumOfHeader, checksums } from './checksum-headers.ts';
import { isChecksumValue } from './checksum-value.ts';
import { S3Error } from './errors.ts';

/** A checksum that the client announces; `value` is undefined where it comes in a trailer. */
export interface AnnouncedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string | undefined;
}

/** Where the headers of a request are, or the members of an input that stand for them. */
export interface ChecksumSource {
  /** The value given for an algorithm, in a header `x-amz-checksum-*`. */
  value(algorithm: ChecksumAlgorithm): string | undefined;
  /** `x-amz-sdk-checksum-algorithm`. */
  readonly sdkAlgorithm: string | undefined;
  /** The algorithm that `x-amz-trailer` names. */
  readonly trailer: ChecksumAlgorithm | undefined;
}

/**
 * The one checksum that a request announces; undefined if it announces none.
 * @throws S3Error InvalidRequest
 */
export function announcedChecksum(source: ChecksumSource): AnnouncedChecksum | undefined {
  let found: AnnouncedChecksum | undefined;
  for (const algorithm of checksumNames) {
    const value = source.value(algorithm);
    if (value === undefined) continue;
    if (found !== undefined) throw severalChecksums();
    found = { algorithm, value };
  }
  if (source.trailer !== undefined) {
    if (found !== undefined) throw severalChecksums();
    found = { algorithm: source.trailer, value: undefined };
  }
  checkSdkAlgorithm(source.sdkAlgorithm, found);
  if (found?.value !== undefined && !isChecksumValue(found.algorithm, found.value)) {
    throw badValue(found.algorithm);
  }
  return found;
}

/** Of a request that announces its checksum in headers. */
export function announcedInHeaders(
  header: (name: string) => string | undefined,
): AnnouncedChecksum | undefined {
  return announcedChecksum({
    value: (algorithm) => header(checksums[algorithm].header),
    sdkAlgorithm: header('x-amz-sdk-checksum-algorithm'),
    trailer: trailerChecksum(header('x-amz-trailer')),
  });
}

/** Members of an input that announce a checksum. */
export type ChecksumInput = {
  readonly [Name in ChecksumAlgorithm as (typeof checksums)[Name]['member']]?: string | undefined;
} & { readonly ChecksumAlgorithm?: string | undefined };

/** Of a decoded input; `trailer` is what the payload's declaration says. */
export function announcedInInput(
  input: ChecksumInput,
  trailer: ChecksumAlgorithm | undefined,
): AnnouncedChecksum | undefined {
  return announcedChecksum({
    value: (algorithm) => input[checksums[algorithm].member],
    sdkAlgorithm: input.ChecksumAlgorithm,
    trailer,
  });
}

/** The first algorithm that a value of `x-amz-trailer` names. */
export function trailerChecksum(trailer: string | undefined): ChecksumAlgorithm | undefined {
  if (trailer === undefined) return undefined;
  for (const name of trailer.split(',')) {
    const algorithm = checksumOfHeader(name.trim());
    if (algorithm !== undefined) return algorithm;
  }
  return undefined;
}

function checkSdkAlgorithm(
  algorithm: string | undefined,
  found: AnnouncedChecksum | undefined,
): void {
  if (algorithm === undefined) return;
  if (found === undefined) {
    throw new S3Error('InvalidRequest', {
      message:
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    });
  }
  if (algorithm.toUpperCase() !== found.algorithm) {
    throw new S3Error('InvalidRequest', {
      message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    });
  }
}

function severalChecksums(): S3Error {
  return new S3Error('InvalidRequest', {
    message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  });
}

function badValue(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error('InvalidRequest', {
    message: `Value for ${checksums[algorithm].header} header is invalid.`,
  });
}

export interface IntegrityClaims {
  /** Content-MD5 as sent. */
  readonly contentMd5?: string | undefined;
  /** x-amz-content-sha256 where it is a hash: 64 lower-case hex digits. */
  readonly sha256?: string | undefined;
  readonly checksum?: AnnouncedChecksum | undefined;
  /** The value of a trailer once the bytes have ended; needed where the checksum comes in one. */
  trailer?(name: string): string | undefined;
}

export interface IntegrityWants {
  /** The MD5 is wanted whatever the client claims: it is the ETag. */
  readonly md5?: boolean;
  /** The checksum to compute where the client announces none. */
  readonly defaultChecksum?: ChecksumAlgorithm | undefined;
}

export interface IntegrityResult {
  /** Bytes seen. */
  readonly length: number;
  /** Undefined if nobody wanted it. */
  readonly md5Hex: string | undefined;
  /** Undefined if the client announced none and there is no default. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

export interface Integrity {
  /** Reads the chunk before it returns and keeps no reference to it. */
  update(chunk: Buffer): void;
  /** @throws S3Error XAmzContentSHA256Mismatch, BadDigest, InvalidRequest */
  finish(): IntegrityResult;
}

/** A check that has not begun. Answers at once unless a checksum's code must be compiled first. */
export interface IntegrityCheck {
  /**
   * Of bytes that are all at hand: no running digests are set up for them.
   * @throws S3Error as `finish` of `Integrity`
   */
  whole(bytes: Buffer): IntegrityResult | Promise<IntegrityResult>;
  /** Of bytes that come in pieces. */
  open(): Integrity | Promise<Integrity>;
}

/** @throws S3Error InvalidDigest for a malformed Content-MD5 */
export function prepareIntegrity(
  claims: IntegrityClaims,
  wants: IntegrityWants = {},
): IntegrityCheck {
  const expectedMd5 = claims.contentMd5 === undefined ? undefined : md5Of(claims.contentMd5);
  const algorithm = claims.checksum?.algorithm ?? wants.defaultChecksum;
  const names: ChecksumAlgorithm[] = [];
  if (wants.md5 === true || expectedMd5 !== undefined) names.push('MD5');
  if (claims.sha256 !== undefined) names.push('SHA256');
  if (algorithm !== undefined && !names.includes(algorithm)) names.push(algorithm);

  /** Holds what was computed, in the order of `names`, against the claims. */
  function conclude(length: number, results: readonly Buffer[]): IntegrityResult {
    const resultOf = (name: ChecksumAlgorithm) => results[names.indexOf(name)];
    checkSha256(claims.sha256, resultOf('SHA256'));
    const md5 = resultOf('MD5');
    checkMd5(expectedMd5, md5);
    const value = algorithm && resultOf(algorithm)!.toString('base64');
    if (claims.checksum !== undefined && value !== undefined) {
      checkChecksum(claims.checksum, value, claims.trailer);
    }
    return {
      length,
      md5Hex: md5?.toString('hex'),
      checksum: algorithm === undefined || value === undefined ? undefined : { algorithm, value },
    };
  }

  function run(digests: readonly Digest[]): Integrity {
    let length = 0;
    return {
      update(chunk) {
        length += chunk.length;
        for (const digest of digests) digest.update(chunk);
      },
      finish() {
        const results = digests.map((digest) => digest.digest());
        return conclude(length, results);
      },
    };
  }

  return {
    whole(bytes) {
      const results = names.map((name) => digestOf(name, bytes));
      return whenAll(results, (all) => conclude(bytes.length, all));
    },
    open: () => whenAll(names.map(openDigest), run),
  };
}

/** A running check. @throws S3Error InvalidDigest for a malformed Content-MD5 */
export function createIntegrity(
  claims: IntegrityClaims,
  wants: IntegrityWants = {},
): Integrity | Promise<Integrity> {
  return prepareIntegrity(claims, wants).open();
}

/** Without a promise where there is nothing to wait for. */
function whenAll<T extends object, Result>(
  made: readonly (T | Promise<T>)[],
  then: (all: readonly T[]) => Result,
): Result | Promise<Result> {
  return made.some((each) => each instanceof Promise)
    ? Promise.all(made).then(then)
    : then(made as readonly T[]);
}

const md5Bytes = 16;

function md5Of(contentMd5: string): Buffer {
  const bytes = Buffer.from(contentMd5, 'base64');
  if (bytes.length !== md5Bytes || bytes.toString('base64') !== contentMd5) {
    throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': contentMd5 } });
  }
  return bytes;
}

function checkMd5(expected: Buffer | undefined, computed: Buffer | undefined): void {
  if (expected === undefined || computed === undefined || expected.equals(computed)) return;
  throw new S3Error('BadDigest', {
    fields: {
      ExpectedDigest: expected.toString('base64'),
      CalculatedDigest: computed.toString('base64'),
    },
  });
}

function checkSha256(expected: string | undefined, computed: Buffer | undefined): void {
  if (expected === undefined || computed === undefined) return;
  const hex = computed.toString('hex');
  if (hex === expected) return;
  throw new S3Error('XAmzContentSHA256Mismatch', {
    fields: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: hex },
  });
}

function checkChecksum(
  { algorithm, value }: AnnouncedChecksum,
  computed: string,
  trailer: ((name: string) => string | undefined) | undefined,
): void {
  const expected = value ?? trailer?.(checksums[algorithm].header);
  if (expected === undefined) {
    throw new S3Error('MalformedTrailerError', {
      message: `The trailer ${checksums[algorithm].header} was announced and did not come.`,
    });
  }
  if (!isChecksumValue(algorithm, expected)) throw badValue(algorithm);
  if (expected === computed) return;
  throw new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}
