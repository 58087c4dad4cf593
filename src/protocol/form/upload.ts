/**
 * A browser's form as the PutObject that it stands for, and the answers that only forms get ("POST Object"
 * in the API reference).
 */

import { Tagging } from '../../model/shapes.gen.ts';
import { decodeDocument } from '../decode-xml.ts';
import type { EncodedResponse } from '../encode.ts';
import { S3Error } from '../errors.ts';
import { encodeHeaderText } from '../header-text.ts';
import type { WireHeaders } from '../request.ts';
import { encodeUrl } from '../url-encoding.ts';
import { textElement, xmlDeclaration } from '../xml/build.ts';
import type { SizeRange } from './policy.ts';

type Fields = ReadonlyMap<string, string>;

/** `${filename}`, written so that it is no template. */
const fileNameVariable = '$' + '{filename}';

/** @throws S3Error InvalidArgument for a form without a key */
export function keyOfForm(fields: Fields, fileName: string): string {
  const given = fields.get('key');
  if (given === undefined) {
    throw argument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      'key',
      '',
    );
  }
  const key = given.replaceAll(fileNameVariable, () => fileName);
  if (key === '') throw argument('User key must have a length greater than 0.', 'key', given);
  return key;
}

/** Fields that are headers of the object under their own names. */
const headerFields: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-md5',
  'content-type',
  'expires',
]);

/** Fields of the signature, which say nothing of the object. */
const signatureFields: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-signature',
]);

/**
 * The fields as PutObject's headers. Others (`success_action_status`, a button's name) are none.
 * @throws S3Error MalformedXML for tags
 */
export function headersOfForm(fields: Fields): WireHeaders {
  const headers: Record<string, string | undefined> = Object.create(null);
  for (const [name, value] of fields) {
    if (name === 'acl') headers['x-amz-acl'] = value;
    else if (name === 'tagging') headers['x-amz-tagging'] = taggingHeader(value);
    else if (headerFields.has(name) || (name.startsWith('x-amz-') && !signatureFields.has(name))) {
      headers[name] = encodeHeaderText(value);
    }
  }
  return headers;
}

/** A form has its tags as a document, a header has them as a query string. */
function taggingHeader(document: string): string {
  const bytes = Buffer.from(document, 'utf8');
  const tagging = decodeDocument(Tagging, 'Tagging', bytes, bytes.length);
  const set = tagging.TagSet as readonly { readonly Key: string; readonly Value: string }[];
  return set
    .map(({ Key, Value }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`)
    .join('&');
}

/** The bytes as they come, refused as soon as there are too many, at their end if there are too few. */
export async function* withinRange(
  file: AsyncIterable<Buffer>,
  { min, max }: SizeRange,
): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (size > max) {
      throw new S3Error('EntityTooLarge', {
        fields: { ProposedSize: String(size), MaxSizeAllowed: String(max) },
      });
    }
    yield chunk;
  }
  if (size < min) {
    throw new S3Error('EntityTooSmall', {
      fields: { ProposedSize: String(size), MinSizeAllowed: String(min) },
    });
  }
}

export interface Posted {
  /** Of the service, without a slash at the end. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly key: string;
}

/**
 * What a form is answered with: a redirection, or the status that it asks for.
 * @param put PutObject's answer, with the ETag in its headers
 */
export function formAnswer(put: EncodedResponse, fields: Fields, posted: Posted): EncodedResponse {
  const { bucket, key, endpoint } = posted;
  const etag = put.headers[put.headers.indexOf('ETag') + 1] ?? '';
  const redirect = redirectUrl(fields, [
    ['bucket', bucket],
    ['key', key],
    ['etag', etag],
  ]);
  if (redirect !== undefined) {
    return { status: 303, headers: [...put.headers, 'Location', redirect], body: undefined };
  }
  const location = `${endpoint}/${bucket}/${encodeUrl(key)}`;
  const headers = [...put.headers, 'Location', location];
  switch (fields.get('success_action_status')) {
    case '200':
      return { status: 200, headers, body: undefined };
    case '201': {
      const elements = [
        textElement('Location', location),
        textElement('Bucket', bucket),
        textElement('Key', key),
        textElement('ETag', etag),
      ];
      return {
        status: 201,
        headers: [...headers, 'Content-Type', 'application/xml'],
        body: Buffer.from(`${xmlDeclaration}<PostResponse>${elements.join('')}</PostResponse>`),
      };
    }
    default:
      return { status: 204, headers, body: undefined };
  }
}

/** Undefined where the form asks for none, or for what isn't a URL. */
function redirectUrl(
  fields: Fields,
  parameters: readonly (readonly [name: string, value: string])[],
): string | undefined {
  const given = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (given === undefined || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  url.search = url.search === '' ? query : `${url.search}&${query}`;
  return url.href;
}

function argument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}
