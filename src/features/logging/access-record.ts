/**
 * One record of a server access log, as "Amazon S3 server access log format" in the user guide has it: a line of
 * fields that are separated by spaces, `-` for what is unknown or doesn't apply.
 *
 * There are no access points: that field is always `-`. Nothing tells which region a request came from, and readers
 * are told to cope with fields that come and go at the end, so that one is left out.
 */

export interface AccessRecord {
  /** Canonical id of the source bucket's owner. */
  readonly bucketOwner: string;
  readonly bucket: string;
  /** When the request was received, in milliseconds since the epoch. */
  readonly time: number;
  readonly remoteIp?: string | undefined;
  /** Canonical id; undefined for anonymous requests. */
  readonly requester?: string | undefined;
  /** Undefined for what the server does by itself. */
  readonly requestId?: string | undefined;
  /** `REST.GET.OBJECT` */
  readonly operation: string;
  readonly key?: string | undefined;
  /** `GET /bucket/key?query HTTP/1.1`, without signatures. */
  readonly requestUri?: string | undefined;
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly bytesSent?: number | undefined;
  readonly objectSize?: number | undefined;
  /** Milliseconds. */
  readonly totalTime?: number | undefined;
  /** Milliseconds from the request's last byte to the answer's first. */
  readonly turnAroundTime?: number | undefined;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  /** As the request names it. */
  readonly versionId?: string | undefined;
  readonly hostId?: string | undefined;
  readonly signatureVersion?: 'SigV2' | 'SigV4' | undefined;
  readonly cipherSuite?: string | undefined;
  /** The user guide has no word for a signed form. */
  readonly authenticationType?: 'AuthHeader' | 'QueryString' | 'POST' | undefined;
  readonly hostHeader?: string | undefined;
  /** `TLSv1.3` */
  readonly tlsVersion?: string | undefined;
  /** An ACL was needed to allow the request. */
  readonly aclRequired?: boolean | undefined;
}

/** Without line feed, in ASCII. */
export function formatAccessRecord(record: AccessRecord): string {
  return [
    word(record.bucketOwner),
    word(record.bucket),
    `[${formatTime(record.time)}]`,
    word(record.remoteIp),
    word(record.requester),
    record.requestId ?? '-',
    record.operation,
    record.key === undefined ? '-' : record.key.split('/').map(encodeURIComponent).join('/'),
    quoted(record.requestUri),
    record.status ?? '-',
    word(record.errorCode),
    // Zero bytes are `-` too.
    record.bytesSent || '-',
    record.objectSize ?? '-',
    milliseconds(record.totalTime),
    milliseconds(record.turnAroundTime),
    quoted(record.referer),
    quoted(record.userAgent),
    word(record.versionId),
    record.hostId ?? '-',
    record.signatureVersion ?? '-',
    word(record.cipherSuite),
    record.authenticationType ?? '-',
    word(record.hostHeader),
    word(record.tlsVersion),
    '-',
    record.aclRequired ? 'Yes' : '-',
  ].join(' ');
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `06/Feb/2019:00:00:38 +0000` */
function formatTime(time: number): string {
  const iso = new Date(time).toISOString();
  const month = months[Number(iso.slice(5, 7)) - 1]!;
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

const milliseconds = (value: number | undefined): string =>
  value === undefined ? '-' : String(Math.max(0, Math.round(value)));

/** A field that isn't quoted has no space. */
function word(text: string | undefined): string {
  return text === undefined || text === '' ? '-' : escapeUnsafe(text).replaceAll(' ', '%20');
}

/** What a client made up can neither end its field nor its line. */
function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? '"-"' : `"${escapeUnsafe(text)}"`;
}

/** Header values come as one character for each byte. */
function escapeUnsafe(text: string): string {
  return text.replaceAll(
    /[^\x20\x21\x23-\x7e]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
