/**
 * What describes an object, between members of S3's shapes and the headers that a sidecar notes: as they go over the
 * wire, one character per byte.
 */
import type { ClientInput, ClientOutput } from '../../client/types.ts';
import {
  decodeHeaderText,
  decodeMetadataValue,
  encodeHeaderText,
  encodeMetadataValue,
} from '../../protocol/header-text.ts';

const metadataPrefix = 'x-amz-meta-';

/** Header → member. */
const described = {
  'content-type': 'ContentType',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-disposition': 'ContentDisposition',
  'cache-control': 'CacheControl',
  expires: 'ExpiresString',
} as const;

type Described = Pick<
  ClientInput<'PutObject'>,
  (typeof described)[keyof typeof described] | 'Metadata'
>;

const names = Object.keys(described) as readonly (keyof typeof described)[];

export const isDescribing = (header: string): boolean =>
  Object.hasOwn(described, header) || header.startsWith(metadataPrefix);

export function headersOf(object: ClientOutput<'GetObject'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of names) {
    const text = object[described[name]];
    if (text !== undefined) headers[name] = encodeHeaderText(text);
  }
  for (const [name, text] of Object.entries(object.Metadata ?? {})) {
    headers[`${metadataPrefix}${name}`] = encodeMetadataValue(text);
  }
  return headers;
}

export function membersOf(headers: Readonly<Record<string, string>>): Described {
  const members: Record<string, string> = {};
  for (const name of names) {
    const raw = headers[name];
    if (raw !== undefined) members[described[name]] = decodeHeaderText(raw);
  }
  const metadata: Record<string, string> = {};
  for (const [name, raw] of Object.entries(headers)) {
    if (!name.startsWith(metadataPrefix)) continue;
    metadata[name.slice(metadataPrefix.length)] = decodeMetadataValue(raw);
  }
  return { ...members, Metadata: metadata };
}
