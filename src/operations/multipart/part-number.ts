/** Part numbers: 1 to 10,000. */
import { S3Error } from '../../protocol/errors.ts';

export const maxPartNumber = 10_000;

/** @throws S3Error InvalidArgument */
export function assertPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= maxPartNumber) return;
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${maxPartNumber}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: String(number) },
  });
}
