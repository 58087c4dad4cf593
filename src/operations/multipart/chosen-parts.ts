/** The parts that CompleteMultipartUpload lists, held against those that were uploaded. */
import type { CompletedPart as ListedPart } from '../../model/types.gen.ts';
import { isChecksumValue } from '../../protocol/checksum-value.ts';
import { S3Error } from '../../protocol/errors.ts';
import { etagValue } from '../../protocol/etag.ts';
import type { StoredPart, StoredUpload } from '../../store/records.ts';
import { givenChecksums } from '../checksum-members.ts';
import { maxPartNumber } from './upload.ts';

/** A part as a list must name it. */
export interface NamedPart extends ListedPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

/**
 * What can be said of the list without looking at the parts.
 * @throws S3Error MalformedXML, InvalidPartOrder, InvalidRequest, InvalidArgument
 */
export function assertPartList(
  listed: readonly ListedPart[] | undefined,
  upload: StoredUpload,
): asserts listed is readonly NamedPart[] {
  if (listed === undefined || listed.length === 0 || listed.length > maxPartNumber) {
    throw new S3Error('MalformedXML');
  }
  let previous = 0;
  for (const { PartNumber, ETag } of listed) {
    if (PartNumber === undefined || ETag === undefined) throw new S3Error('MalformedXML');
    if (PartNumber <= previous) {
      throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.uploadId } });
    }
    previous = PartNumber;
  }
  for (const part of listed) assertPartChecksums(part, upload);
}

function assertPartChecksums(
  part: ListedPart,
  { checksumAlgorithm, checksumType }: StoredUpload,
): void {
  const given = givenChecksums(part);
  if (
    given.length > 1 ||
    given.some(({ algorithm, value }) => !isChecksumValue(algorithm, value))
  ) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid Base64 or multiple checksums present in request',
      fields: {
        ArgumentName: 'Checksum',
        ArgumentValue: given.map(({ algorithm, value }) => `${algorithm}:${value};`).join(''),
      },
    });
  }
  if (given.length > 0 || checksumAlgorithm === undefined || checksumType !== 'COMPOSITE') return;
  throw new S3Error('InvalidRequest', {
    message: `The upload was created using a ${checksumAlgorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.PartNumber} in the request.`,
  });
}

/**
 * The parts that were uploaded, in the list's order.
 * @throws S3Error InvalidPart, EntityTooSmall
 */
export function chooseParts(
  listed: readonly NamedPart[],
  uploaded: ReadonlyMap<number, StoredPart>,
  { uploadId }: StoredUpload,
  minPartBytes: number,
): readonly StoredPart[] {
  const chosen = listed.map((named) => {
    const part = uploaded.get(named.PartNumber);
    if (part !== undefined && isSamePart(named, part)) return part;
    throw new S3Error('InvalidPart', {
      fields: {
        UploadId: uploadId,
        PartNumber: String(named.PartNumber),
        ETag: etagValue(named.ETag),
      },
    });
  });
  const tooSmall = chosen.slice(0, -1).find(({ size }) => size < minPartBytes);
  if (tooSmall === undefined) return chosen;
  throw new S3Error('EntityTooSmall', {
    fields: {
      ETag: tooSmall.etag,
      MinSizeAllowed: String(minPartBytes),
      PartNumber: String(tooSmall.number),
      ProposedSize: String(tooSmall.size),
    },
  });
}

function isSamePart(named: NamedPart, part: StoredPart): boolean {
  if (etagValue(named.ETag) !== part.etag) return false;
  return givenChecksums(named).every(
    ({ algorithm, value }) =>
      part.checksum?.algorithm === algorithm && part.checksum.value === value,
  );
}
