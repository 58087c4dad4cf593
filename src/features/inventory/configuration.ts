/**
 * A bucket's inventory configurations: what PutBucketInventoryConfiguration asks for, as it is kept ("Cataloging
 * and analyzing your data with S3 Inventory" in the user guide), and when its reports are due.
 *
 * Reports are CSV. ORC and Parquet are refused by name, and so are the fields of what Kist doesn't have:
 * replication and intelligent tiering.
 */
import type { InventoryConfiguration } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { WantedEncryption } from '../encryption/encryption.ts';
import { inventoryFields } from './columns.ts';
import { dataKey, longestFileName } from './layout.ts';

/** Each configuration is kept under this and its id. */
const configPrefix = 'inventory/';

export const inventoryConfig = (id: string): string => configPrefix + id;

export const isInventoryConfig = (name: string): boolean => name.startsWith(configPrefix);

/** The ids of a bucket's configurations, in order. */
export function inventoryIds(configured: readonly string[] | undefined): readonly string[] {
  const names = configured?.filter(isInventoryConfig) ?? [];
  return names.map((name) => name.slice(configPrefix.length)).sort();
}

/** Of one bucket. */
export const maxInventoryConfigurations = 1000;

const allowedId = /^[A-Za-z0-9._-]{1,64}$/;
const bucketArn = /^arn:aws[a-z-]*:s3:::([^/:]+)$/;
/** In bytes of UTF-8. */
const maxKeyBytes = 1024;

/** @throws S3Error MalformedXML, InvalidArgument, IdMismatch, InvalidS3DestinationBucket, NotImplemented */
export function assertInventory(
  id: string,
  configuration: InventoryConfiguration,
  sourceBucket: string,
): void {
  if (!allowedId.test(id)) {
    throw new S3Error('InvalidArgument', {
      message: 'The ID is 1 to 64 letters, digits, periods, dashes and underscores.',
      fields: { ArgumentName: 'id', ArgumentValue: id },
    });
  }
  if (configuration.Id !== id) throw new S3Error('IdMismatch');
  const { Format, Encryption } = configuration.Destination.S3BucketDestination;
  if (Format !== 'CSV') throw notBuilt(`The inventory format ${Format}`);
  if (
    Encryption !== undefined &&
    (Encryption.SSES3 === undefined) === (Encryption.SSEKMS === undefined)
  ) {
    throw new S3Error('MalformedXML');
  }
  const { OptionalFields: fields = [] } = configuration;
  if (new Set(fields).size < fields.length) throw new S3Error('MalformedXML');
  const unknown = fields.find((field) => !inventoryFields.has(field));
  if (unknown !== undefined) throw notBuilt(`The inventory field ${unknown}`);
  destinationOf(configuration);
  const longest = dataKey(configuration, sourceBucket, longestFileName);
  if (Buffer.byteLength(longest) > maxKeyBytes) {
    throw new S3Error('InvalidArgument', {
      message: `The keys of reports would be longer than ${maxKeyBytes} bytes`,
      fields: { ArgumentName: 'Prefix' },
    });
  }
}

/**
 * The name of the bucket that reports go to.
 * @throws S3Error InvalidS3DestinationBucket
 */
export function destinationOf({ Destination }: InventoryConfiguration): string {
  const name = bucketArn.exec(Destination.S3BucketDestination.Bucket)?.[1];
  if (name === undefined) throw new S3Error('InvalidS3DestinationBucket');
  return name;
}

/** Undefined is the destination's default. */
export function encryptionOf({
  Destination,
}: InventoryConfiguration): WantedEncryption | undefined {
  const { Encryption } = Destination.S3BucketDestination;
  if (Encryption?.SSEKMS !== undefined) {
    return { algorithm: 'aws:kms', keyId: Encryption.SSEKMS.KeyId };
  }
  return Encryption?.SSES3 && { algorithm: 'AES256' };
}

const daysPerWeek = 7;
/** 1 January 1970 was a Thursday, and weekly reports are Sunday's. */
const firstSunday = 3;

/** Which day or week a moment is in, counted from some past one: a report is due in each. */
export function periodOf({ Schedule }: InventoryConfiguration, now: number, dayMs: number): number {
  const day = Math.floor(now / dayMs);
  if (Schedule.Frequency === 'Daily') return day;
  return Math.floor((day + daysPerWeek - firstSunday) / daysPerWeek);
}

function notBuilt(what: string): S3Error {
  return new S3Error('NotImplemented', { message: `${what} is not implemented.` });
}
