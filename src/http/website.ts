/**
 * A bucket as a website, on the host names below the website domains ("Hosting a static website using Amazon
 * S3" in the user guide): GET and HEAD, always as the anonymous caller, with index and error documents,
 * redirections and errors as HTML.
 *
 * S3 leaves open what becomes of a query: it goes along where all requests are redirected, and nowhere else.
 */
import { STATUS_CODES } from 'node:http';
import { type WebsiteRecord, websiteConfig } from '../features/website/configuration.ts';
import { type WebsiteRedirect, websiteRedirect } from '../features/website/routing.ts';
import { type Caller, defaultNamespace } from '../identity/identity.ts';
import type { Operation } from '../operations/operation.ts';
import { decodeInput } from '../protocol/decode.ts';
import { type EncodedResponse, encodeOutput } from '../protocol/encode.ts';
import { S3Error } from '../protocol/errors.ts';
import { encodeHeaderText } from '../protocol/header-text.ts';
import type { RequestTarget, WireHeaders, WireRequest } from '../protocol/request.ts';
import { encodeUrl } from '../protocol/url-encoding.ts';
import { escapeText } from '../protocol/xml/build.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import { type Asked, authorisedObject, loadBucket } from './authorise.ts';
import { askedIn } from './authorise-request.ts';
import { s3ErrorOf } from './error-of.ts';
import type { Exchange } from './exchange.ts';
import { type ContextDeps, RequestContext } from './operation-context.ts';
import { noPayload } from './payload.ts';
import type { OperationTable } from './pipeline.ts';
import { RequestFacts } from './policy-request.ts';
import { requesterPays } from './request-payment.ts';
import { enterBucket, type Screen } from './screen.ts';

export interface WebsiteDeps extends ContextDeps {
  readonly operations: OperationTable;
  readonly hostId: string;
  readonly screen: Screen;
}

interface Visit {
  readonly exchange: Exchange;
  readonly request: WireRequest;
  readonly target: RequestTarget;
  readonly asked: Asked;
  readonly deps: WebsiteDeps;
}

interface Site {
  readonly bucket: Bucket;
  readonly record: WebsiteRecord;
}

const anonymous: Caller = { kind: 'anonymous' };
/** What a visitor may say of the object that he wants. */
const readHeaders = [
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'range',
];
const found = 302;

/** Every answer there is: errors are pages too. */
export async function answerWebsite(
  exchange: Exchange,
  request: WireRequest,
  target: RequestTarget,
  deps: WebsiteDeps,
): Promise<EncodedResponse> {
  exchange.caller = anonymous;
  const facts = new RequestFacts({
    caller: anonymous,
    request,
    operation: 'GetObject',
    socket: exchange.incoming.socket,
    client: exchange,
    region: deps.region,
    now: deps.now,
  });
  const asked = askedIn(exchange, deps.store, anonymous, facts);
  const visit: Visit = { exchange, request, target, asked, deps };
  let site: Site | undefined;
  try {
    site = await siteOf(visit);
    return await answerFrom(site, visit);
  } catch (thrown) {
    const error = s3ErrorOf(thrown);
    exchange.code = error.code;
    if (error.status >= 500) exchange.error = thrown;
    return answerError(error, site, visit);
  }
}

/** @throws S3Error NoSuchBucket, NoSuchWebsiteConfiguration, MethodNotAllowed, AccessDenied */
async function siteOf({ exchange, request, target, asked, deps }: Visit): Promise<Site> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new S3Error('MethodNotAllowed', {
      fields: { Method: request.method, ResourceType: 'OBJECT' },
      headers: { Allow: 'GET, HEAD, OPTIONS' },
    });
  }
  const { namespace = defaultNamespace, bucket: name = '' } = target;
  deps.screen.enter(exchange, namespace, anonymous);
  const bucket = await loadBucket(deps.store, namespace, name);
  enterBucket(exchange, bucket);
  const record =
    bucket.configured?.includes(websiteConfig) === true
      ? await deps.store.buckets.config<WebsiteRecord>(bucket, websiteConfig)
      : undefined;
  if (record === undefined) {
    throw new S3Error('NoSuchWebsiteConfiguration', { fields: { BucketName: name } });
  }
  requesterPays(bucket, request, asked);
  await deps.screen.admit(exchange, namespace, anonymous, bucket);
  return { bucket, record };
}

async function answerFrom({ bucket, record }: Site, visit: Visit): Promise<EncodedResponse> {
  const path = visit.target.key ?? '';
  const redirect = websiteRedirect(record, path, undefined);
  if (redirect !== undefined) return redirection(redirect, visit);
  const suffix = record.IndexDocument?.Suffix ?? '';
  const isFolder = path === '' || path.endsWith('/');
  const key = isFolder ? path + suffix : path;
  let object: StoredObject;
  try {
    object = await readable(bucket, key, visit);
  } catch (error) {
    if (isFolder || !(error instanceof S3Error)) throw error;
    const folder = `${path}/`;
    if ((await readableOrNone(bucket, folder + suffix, visit)) === undefined) throw error;
    const to = { protocol: undefined, hostName: undefined, key: folder, keepsQuery: false };
    return redirection({ ...to, status: found }, visit);
  }
  const { websiteRedirectLocation } = object.headers;
  if (websiteRedirectLocation !== undefined) return moved(301, websiteRedirectLocation);
  const headers: Record<string, string | undefined> = Object.create(null);
  for (const name of readHeaders) headers[name] = visit.request.headers[name];
  return read(bucket, object, headers, visit);
}

/** A rule's redirection, the site's own error document, or a page that says what is wrong. */
async function answerError(
  error: S3Error,
  site: Site | undefined,
  visit: Visit,
): Promise<EncodedResponse> {
  const { status } = error;
  if (status < 400)
    return { status, headers: Object.entries(error.headers).flat(), body: undefined };
  const redirect = site && websiteRedirect(site.record, visit.target.key ?? '', status);
  // Where everything is redirected, nothing else can fail but the redirection itself.
  if (redirect !== undefined && site?.record.RedirectAllRequestsTo === undefined) {
    return redirection(redirect, visit);
  }
  const key = site?.record.ErrorDocument?.Key;
  if (site !== undefined && key !== undefined && status < 500) {
    const document = await readableOrNone(site.bucket, key, visit);
    if (document !== undefined) {
      const { host } = visit.request.headers;
      const page = await read(
        site.bucket,
        document,
        Object.assign(Object.create(null), { host }),
        visit,
      );
      return { ...page, status, headers: [...page.headers, ...errorHeaders(error)] };
    }
  }
  return errorPage(error, visit);
}

/** @throws S3Error NoSuchKey, AccessDenied, MethodNotAllowed */
async function readable(
  bucket: Bucket,
  key: string,
  { asked, deps }: Visit,
): Promise<StoredObject> {
  const access = reading(deps, 'GetObject').access;
  if (access.on !== 'object') throw new Error('GetObject is about an object');
  return authorisedObject(access, { bucket, key, versionId: undefined }, asked);
}

async function readableOrNone(
  bucket: Bucket,
  key: string,
  visit: Visit,
): Promise<StoredObject | undefined> {
  try {
    return await readable(bucket, key, visit);
  } catch (error) {
    if (error instanceof S3Error) return undefined;
    throw error;
  }
}

function reading({ operations }: WebsiteDeps, name: 'GetObject' | 'HeadObject'): Operation {
  const operation = operations[name];
  if (operation === undefined) throw new S3Error('NotImplemented');
  return operation as Operation;
}

async function read(
  bucket: Bucket,
  object: StoredObject,
  headers: WireHeaders,
  { exchange, request, target, asked, deps }: Visit,
): Promise<EncodedResponse> {
  const name = request.method === 'HEAD' ? 'HeadObject' : 'GetObject';
  const plain: WireRequest = { ...request, rawQuery: '', query: [], headers };
  const input = decodeInput(name, plain, { ...target, key: object.key }, undefined);
  const { namespace } = bucket;
  const context = new RequestContext(
    { exchange, request: plain, asked, namespace, payload: noPayload, bucket, object },
    deps,
  );
  const output = await reading(deps, name).run(input as never, context);
  return encodeOutput(name, output as never);
}

function redirection(redirect: WebsiteRedirect, { exchange, request }: Visit): EncodedResponse {
  const { status, protocol, hostName, key, keepsQuery } = redirect;
  const { socket } = exchange.incoming;
  const scheme = protocol ?? ('encrypted' in socket && socket.encrypted ? 'https' : 'http');
  const host = hostName ?? request.headers.host ?? '';
  const query = keepsQuery && request.rawQuery !== '' ? `?${request.rawQuery}` : '';
  return moved(status, `${scheme}://${host}/${encodeUrl(key)}${query}`);
}

const controlCharacters = /\p{Cc}/gu;

function moved(status: number, location: string): EncodedResponse {
  const safe = encodeHeaderText(location.replace(controlCharacters, ' '));
  return { status, headers: ['Location', safe, 'Content-Length', '0'], body: undefined };
}

function errorHeaders({ code, message }: S3Error): readonly string[] {
  const safe = encodeHeaderText(message.replace(controlCharacters, ' '));
  return ['x-amz-error-code', code, 'x-amz-error-message', safe];
}

function errorPage(error: S3Error, { exchange, deps }: Visit): EncodedResponse {
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ''}`.trim();
  const details = {
    Code: error.code,
    Message: error.message,
    ...error.fields,
    RequestId: exchange.requestId,
    HostId: deps.hostId,
  };
  const items = Object.entries(details).map(
    ([name, value]) => `<li>${name}: ${escapeText(value)}</li>\n`,
  );
  const page = `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${items.join('')}</ul>\n<hr/>\n</body>\n</html>\n`;
  return {
    status: error.status,
    headers: [
      ...Object.entries(error.headers).flat(),
      ...errorHeaders(error),
      'Content-Type',
      'text/html; charset=utf-8',
    ],
    body: Buffer.from(page, 'utf8'),
  };
}
