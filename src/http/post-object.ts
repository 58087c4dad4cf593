/**
 * A browser's form upload at the edge ("POST Object" in the API reference): who signed it, whether the
 * policy allows it, and the PutObject that it stands for, which then goes the way of every other.
 *
 * Only the form speaks: of the request's own headers, those that are about the request and not about the
 * object are kept.
 */
import type { Caller } from '../identity/identity.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import type { EncodedResponse } from '../protocol/encode.ts';
import { S3Error } from '../protocol/errors.ts';
import { readForm } from '../protocol/form/multipart.ts';
import { checkPolicy, parsePolicy, type SizeRange } from '../protocol/form/policy.ts';
import { type FormClaim, formClaim, verifyFormClaim } from '../protocol/form/signature.ts';
import { formAnswer, headersOfForm, keyOfForm, withinRange } from '../protocol/form/upload.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import { parseAmzDate } from '../protocol/sigv4/request-time.ts';
import type { Authentication } from './authenticate.ts';
import { declaredBody, transferEncodingRefused } from './body.ts';
import type { Exchange } from './exchange.ts';
import { callerOf, type KeyRoom, noteUse, provenHolder } from './key-holder.ts';

export interface PostObjectOptions extends KeyRoom {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The only region that a signature may name; any if undefined. */
  readonly region: string | undefined;
}

/** The PutObject that a form stands for. */
export interface PostedObject {
  readonly request: WireRequest;
  readonly target: RequestTarget;
  readonly auth: Authentication;
  readonly body: StreamingBody;
  /** PutObject's answer → the form's. */
  answer(put: EncodedResponse, endpoint: string): EncodedResponse;
}

const formType = /^multipart\/form-data\s*(;|$)/i;
const keptHeaders = [
  'host',
  'origin',
  'referer',
  'user-agent',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
];
const anonymous: Caller = { kind: 'anonymous' };

/** @throws S3Error for whatever is wrong with the form before its file */
export async function openPostedObject(
  exchange: Exchange,
  request: WireRequest,
  target: RequestTarget,
  options: PostObjectOptions,
): Promise<PostedObject> {
  const { headers } = request;
  const contentType = headers['content-type'] ?? '';
  if (!formType.test(contentType)) throw new S3Error('RequestIsNotMultiPartContent');
  const declared = declaredBody(headers);
  if (declared === undefined) throw new S3Error('MissingContentLength');
  if (declared.length === undefined) throw transferEncodingRefused();
  const { bucket } = target;
  if (bucket === undefined) throw new Error('PostObject was routed without a bucket');

  const { fields, fileName, file } = await readForm(exchange.openBody(), contentType);
  const claim = formClaim(fields);
  const caller = claim === undefined ? anonymous : signer(claim, options);
  exchange.caller = caller;
  const key = keyOfForm(fields, fileName);
  const checked = new Map(fields).set('key', key).set('bucket', bucket);
  const range =
    claim === undefined ? undefined : checkPolicy(parsePolicy(claim.policy), checked, options.now);

  const kept = keptHeaders.map((name) => [name, headers[name]] as const);
  return {
    request: {
      ...request,
      rawQuery: '',
      query: [],
      headers: Object.assign(Object.create(null), Object.fromEntries(kept), headersOfForm(fields)),
    },
    target: { ...target, key, namespace: target.namespace ?? namespaceOf(caller) },
    auth: {
      caller,
      signature: claim && {
        version: claim.scope === undefined ? 2 : 4,
        type: 'POST',
        signedAt: parseAmzDate(fields.get('x-amz-date') ?? ''),
      },
      payload: { kind: 'unsigned' },
      signing: undefined,
    },
    body: bodyOf(file, range),
    answer: (put, endpoint) => formAnswer(put, fields, { endpoint, bucket, key }),
  };
}

function signer(claim: FormClaim, room: PostObjectOptions): Caller {
  const { accessKeyId, sessionToken } = claim;
  const { region, now } = room;
  const holder = provenHolder(room, accessKeyId, sessionToken, (secret) =>
    verifyFormClaim(claim, secret, region),
  );
  noteUse(holder, 's3', region ?? '', now);
  return callerOf(holder, accessKeyId);
}

function namespaceOf(caller: Caller): string | undefined {
  return caller.kind === 'account' ? caller.account.namespace : undefined;
}

/** How long the file is shows only at its end. */
function bodyOf(file: AsyncIterable<Buffer>, range: SizeRange | undefined): StreamingBody {
  const bytes = range === undefined ? file : withinRange(file, range);
  return { length: undefined, [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator]() };
}
