/** Where an inventory report is in its destination, and its manifest ("Locating your inventory list"). */
import type { InventoryConfiguration } from '../../model/types.gen.ts';
import { columnsOf } from './columns.ts';

/** One of the lists that a report consists of. */
export interface ReportFile {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Hex. */
  readonly md5: string;
}

export interface Report {
  readonly configuration: InventoryConfiguration;
  readonly sourceBucket: string;
  /** When the scan began, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly files: readonly ReportFile[];
}

/** Hex digits that name a run; the number of a file makes them a UUID's. */
export const runIdLength = 24;
const fileNumberLength = 8;

/** The same file of the same run always has the same name. */
export function dataFileName(runId: string, number: number): string {
  const hex = runId + number.toString(16).padStart(fileNumberLength, '0');
  return `${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}.csv.gz`;
}

export const longestFileName = dataFileName('0'.repeat(runIdLength), 0);

export function dataKey(
  configuration: InventoryConfiguration,
  sourceBucket: string,
  fileName: string,
): string {
  return `${base(configuration, sourceBucket)}data/${fileName}`;
}

function base({ Destination, Id }: InventoryConfiguration, sourceBucket: string): string {
  const { Prefix: prefix = '' } = Destination.S3BucketDestination;
  return `${prefix === '' ? '' : `${prefix}/`}${sourceBucket}/${Id}/`;
}

export interface ReportManifests {
  readonly symlink: ManifestFile;
  readonly manifest: ManifestFile;
  /** Where the MD5 of the manifest belongs, in hex: the last of all. */
  readonly checksumKey: string;
}

export interface ManifestFile {
  readonly key: string;
  readonly text: string;
}

const manifestVersion = '2016-11-30';

export function manifestsOf(report: Report, destination: string): ReportManifests {
  const { configuration, sourceBucket, startedAt, files } = report;
  const folder = base(configuration, sourceBucket);
  const [day = '', time = ''] = new Date(startedAt).toISOString().split('T');
  const clock = `${time.slice(0, 2)}-${time.slice(3, 5)}`;
  const manifest = {
    sourceBucket,
    destinationBucket: `arn:aws:s3:::${destination}`,
    version: manifestVersion,
    creationTimestamp: String(startedAt),
    fileFormat: 'CSV',
    fileSchema: columnsOf(configuration).join(', '),
    files: files.map(({ key, size, md5 }) => ({ key, size, MD5checksum: md5 })),
  };
  return {
    symlink: {
      key: `${folder}hive/dt=${day}-${clock}/symlink.txt`,
      text: files.map(({ key }) => `s3://${destination}/${key}\n`).join(''),
    },
    manifest: {
      key: `${folder}${day}T${clock}Z/manifest.json`,
      text: `${JSON.stringify(manifest, undefined, 2)}\n`,
    },
    checksumKey: `${folder}${day}T${clock}Z/manifest.checksum`,
  };
}
