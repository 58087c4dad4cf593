/**
 * The headers that a client gives an object and gets back as given: inputs → records → outputs.
 *
 * `aws-chunked` in Content-Encoding says how the request came, not what the object is, and isn't kept.
 */
import type { CreateMultipartUploadRequest, GetObjectOutput } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { ObjectHeaders } from '../store/records.ts';

/** For `accepts`. */
export const objectHeaderMembers = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'ExpiresString',
  'WebsiteRedirectLocation',
] as const satisfies readonly (keyof CreateMultipartUploadRequest)[];

export type ObjectHeaderInput = Pick<
  CreateMultipartUploadRequest,
  (typeof objectHeaderMembers)[number]
>;

/** What S3 calls content of which nothing was said. */
export const defaultContentType = 'binary/octet-stream';

export function headersOfInput(input: ObjectHeaderInput): ObjectHeaders {
  return {
    contentType: input.ContentType,
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    contentEncoding: contentEncoding(input.ContentEncoding),
    contentLanguage: input.ContentLanguage,
    expires: input.ExpiresString,
    websiteRedirectLocation: redirectLocation(input.WebsiteRedirectLocation),
  };
}

export function headersOutput(
  headers: ObjectHeaders,
): Pick<GetObjectOutput, (typeof objectHeaderMembers)[number]> {
  return {
    ContentType: headers.contentType ?? defaultContentType,
    CacheControl: headers.cacheControl,
    ContentDisposition: headers.contentDisposition,
    ContentEncoding: headers.contentEncoding,
    ContentLanguage: headers.contentLanguage,
    ExpiresString: headers.expires,
    WebsiteRedirectLocation: headers.websiteRedirectLocation,
  };
}

function contentEncoding(given: string | undefined): string | undefined {
  if (given === undefined || !/aws-chunked/i.test(given)) return given;
  const codings = given
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  return codings.length === 0 ? undefined : codings.join(',');
}

const redirectTarget = /^(?:\/|https?:\/\/)/;

function redirectLocation(given: string | undefined): string | undefined {
  if (given === undefined || redirectTarget.test(given)) return given;
  throw new S3Error('InvalidArgument', {
    message: "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    fields: { ArgumentName: 'x-amz-website-redirect-location', ArgumentValue: given },
  });
}
