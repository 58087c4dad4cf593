/** The members `ChecksumCRC32` and its like, which inputs, outputs and parts all have. */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import {
  type ChecksumMember,
  type ChecksumName,
  checksumNames,
  checksums,
} from '../protocol/checksum-headers.ts';
import { isChecksumValue } from '../protocol/checksum-value.ts';
import type { ChecksumType, StoredChecksum } from '../store/records.ts';

export type ChecksumMembers = { readonly [Name in ChecksumMember]?: string | undefined };

/** For `accepts`. */
export const checksumMemberNames = checksumNames.map(
  (name) => checksums[name].member,
) as readonly ChecksumMember[];

/** The one member that carries a value; none without a value. */
export function checksumMembers(
  algorithm: ChecksumAlgorithm | undefined,
  value: string | undefined,
): ChecksumMembers {
  if (algorithm === undefined || value === undefined) return {};
  return { [checksums[algorithm].member]: value };
}

/** A stored checksum as outputs show it. */
export function checksumOutput(
  checksum: StoredChecksum | undefined,
): ChecksumMembers & { readonly ChecksumType?: ChecksumType } {
  if (checksum === undefined) return {};
  return { [checksums[checksum.algorithm].member]: checksum.value, ChecksumType: checksum.type };
}

/** Every value that a structure gives, valid or not. */
export function givenChecksums(
  members: ChecksumMembers,
): readonly { readonly algorithm: ChecksumName; readonly value: string }[] {
  const given: { algorithm: ChecksumName; value: string }[] = [];
  for (const algorithm of checksumNames) {
    const value = members[checksums[algorithm].member];
    if (value !== undefined) given.push({ algorithm, value });
  }
  return given;
}

const partsCountSuffix = /-\d+$/;

/** Whether text is a value of the algorithm; that of a composite checksum may count its parts. */
export function isObjectChecksumValue(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  text: string,
): boolean {
  const value = type === 'COMPOSITE' ? text.replace(partsCountSuffix, '') : text;
  return isChecksumValue(algorithm, value);
}
