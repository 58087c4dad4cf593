/**
 * A request from its input to its output: encoded once, then signed, sent and, where that helps, sent again.
 *
 * What an answer teaches is kept: the region of a bucket, and how far the server's clock is from ours.
 */
import type { OperationName } from '../model/operations.gen.ts';
import { type Body, collect } from './body.ts';
import { type DecodingContext, decodeOutput, errorOf } from './codec/decode-output.ts';
import { asksForEncodedKeys, type EncodedInput, encodeInput } from './codec/encode-input.ts';
import type { ResolvedConfig } from './config.ts';
import type { Credentials } from './credentials/credentials.ts';
import {
  awsEndpoint,
  type Endpoint,
  originOf,
  parseEndpoint,
  type Target,
  targetOf,
} from './endpoint.ts';
import { type Payload, payloadOf } from './payload.ts';
import { createRetryBudget, isPassing, pauseMs } from './retry.ts';
import type { Runtime, Transport, TransportResponse } from './runtime.ts';
import { S3Error } from './s3-error.ts';
import type { Signer, SigningScope } from './signing/signer.ts';
import type { ClientInput, ClientOutput, Operation, RequestOptions } from './types.ts';

/** Sends any operation of the model; what clients, paginators, waiters and transfers are made of. */
export interface Sender {
  send<Name extends OperationName>(
    operation: Operation<Name>,
    input: ClientInput<Name>,
    options?: RequestOptions,
  ): Promise<ClientOutput<Name>>;
  /** Where a bucket or one of its objects is, for URLs that others open; the server itself without a bucket. */
  locate(bucket?: string, key?: string): Target;
  /** Undefined where requests go unsigned. @throws S3Error MissingCredentials */
  scope(bucket?: string): Promise<SigningScope | undefined>;
  readonly signer: Signer;
  readonly runtime: Runtime;
  readonly config: ResolvedConfig;
  /** Lets go of connections. */
  close(): void;
}

/** A stream whose length nobody knows is read into memory up to this. */
const maxCollectedBytes = 8 * 1024 * 1024;
/** Redirects that a request follows. */
const maxRedirects = 3;
/** Beyond this the server's clock is taken for the right one. S3 refuses what is off by 15 minutes. */
const maxClockDifferenceMs = 4 * 60 * 1000;

/** Statuses of requests that were signed for another region, or sent to it. */
const mayBeElsewhere: ReadonlySet<number> = new Set([301, 400, 403]);
/** What a wrong clock is answered with; the last two where there is no document, as for HEAD. */
const mayBeSkewed: ReadonlySet<string> = new Set([
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'SignatureDoesNotMatch',
  'Forbidden',
  'BadRequest',
]);

interface Attempt {
  readonly operation: Operation;
  readonly encoded: EncodedInput;
  readonly payload: Payload;
  readonly signal: AbortSignal | undefined;
  /** The output that an answer holds. */
  read(response: TransportResponse): Promise<Record<string, unknown>>;
}

interface Answer {
  readonly response: TransportResponse;
  readonly output: Record<string, unknown>;
  readonly attempts: number;
}

export function createSender(config: ResolvedConfig, runtime: Runtime, signer: Signer): Sender {
  const { hashes } = runtime;
  const { credentials: given, timeouts } = config;
  const endpoint = parseEndpoint(config.endpoint, config.region);
  const transport: Transport = runtime.createTransport({ maxConnections: config.maxConnections });
  const budget = createRetryBudget();
  const regions = new Map<string, string>();
  let clockDifferenceMs = 0;

  const serverNow = () => runtime.now() + clockDifferenceMs;

  const regionOf = (bucket: string | undefined): string =>
    (bucket === undefined ? undefined : regions.get(bucket)) ?? config.region;

  const endpointOf = (bucket: string | undefined): Endpoint => {
    const region = bucket === undefined ? undefined : regions.get(bucket);
    return region !== undefined && endpoint.isAws ? awsEndpoint(region) : endpoint;
  };

  const locate = (bucket?: string, key?: string): Target =>
    targetOf(endpointOf(bucket), config.addressingStyle, bucket, key);

  const scopeOf = (credentials: Credentials, bucket: string | undefined): SigningScope => ({
    credentials,
    region: regionOf(bucket),
    now: serverNow(),
  });

  const currentCredentials = async (): Promise<Credentials | null> =>
    typeof given === 'function' ? await given() : given;

  const attempt = async (
    { operation, encoded, payload, signal }: Attempt,
    target: Target,
  ): Promise<TransportResponse> => {
    const { origin, path, hostBucket } = target;
    const headers: Record<string, string> = {
      host: origin.host,
      ...encoded.headers,
      ...payload.headers,
    };
    const credentials = await currentCredentials();
    const { method } = operation;
    const { query } = encoded;
    const chunks =
      credentials === null
        ? undefined
        : signer.sign(
            { method, hostBucket, path, query, headers },
            scopeOf(credentials, encoded.bucket),
            payload.declaration,
          );
    if (runtime.userAgent !== undefined) headers['user-agent'] = runtime.userAgent;
    return transport.send({
      origin,
      method,
      path: query.length === 0 ? path : `${path}?${query.join('&')}`,
      headers,
      body: payload.open(chunks),
      signal,
      timeouts,
    });
  };

  /** Whether the answer taught where or when the request should have been; then it is sent again at once. */
  const learn = (error: S3Error, bucket: string | undefined): boolean => {
    const { headers, fields, code, status } = error;
    const named = code === 'AuthorizationHeaderMalformed' ? fields.Region : undefined;
    const region = headers['x-amz-bucket-region'] ?? named;
    if (
      bucket !== undefined &&
      region &&
      region !== regionOf(bucket) &&
      mayBeElsewhere.has(status)
    ) {
      regions.set(bucket, region);
      return true;
    }
    if (!mayBeSkewed.has(code)) return false;
    const theirs = Date.parse(headers.date ?? '');
    const difference = theirs - runtime.now();
    if (!(Math.abs(difference - clockDifferenceMs) > maxClockDifferenceMs)) return false;
    clockDifferenceMs = difference;
    return true;
  };

  const exchange = async (request: Attempt): Promise<Answer> => {
    const { operation, encoded, payload, signal } = request;
    let target = locate(encoded.bucket, encoded.key);
    let redirects = 0;
    let spent = 0;
    for (let attempts = 1; ; attempts++) {
      let error: S3Error;
      try {
        const response = await attempt(request, target);
        if (response.status < 300) {
          // An answer may turn into an error, or be cut off, after its status.
          const output = await request.read(response);
          budget.give(spent);
          return { response, output, attempts };
        }
        error = errorOf(operation, response, decode(await response.body.bytes()));
      } catch (thrown) {
        if (!(thrown instanceof S3Error)) throw thrown;
        error = thrown;
      }
      if (!payload.replayable) throw error;
      const redirected = redirectOf(error, encoded.bucket, target);
      if (redirected !== undefined || learn(error, encoded.bucket)) {
        redirects += 1;
        if (redirects > maxRedirects) throw redirected === undefined ? error : astray(error);
        target = redirected ?? locate(encoded.bucket, encoded.key);
        continue;
      }
      if (!isPassing(error) || attempts - redirects >= config.maxAttempts) throw error;
      const cost = budget.take(error);
      if (cost === undefined) throw error;
      spent = cost;
      await runtime.sleep(pauseMs(error, attempts, runtime), signal);
    }
  };

  return {
    runtime,
    config,
    signer,
    locate,
    async scope(bucket) {
      const credentials = await currentCredentials();
      return credentials === null ? undefined : scopeOf(credentials, bucket);
    },
    close: () => transport.close(),

    async send<Name extends OperationName>(
      operation: Operation<Name>,
      input: ClientInput<Name>,
      { signal }: RequestOptions = {},
    ): Promise<ClientOutput<Name>> {
      signal?.throwIfAborted();
      const prepared = prepareInput(operation, input as Readonly<Record<string, unknown>>, config);
      const encoded = encodeInput(operation, prepared);
      const { bucket } = encoded;
      let body: Body | undefined = encoded.body;
      if (body?.kind === 'stream' && body.size === undefined) {
        body = await collect(body, maxCollectedBytes);
      }
      const isSecure = endpointOf(bucket).origin.secure;
      const payload = await payloadOf(operation, encoded, body, hashes, {
        version: config.signatureVersion,
        signsPayload: given !== null && (config.signPayload ?? !isSecure),
        checksums: config.requestChecksums,
      });
      const context: DecodingContext = {
        runtime,
        decodesKeys: asksForEncodedKeys(operation.name, operation.input, prepared),
        verifiesChecksums: config.responseChecksums === 'whenSupported',
      };
      const { response, output, attempts } = await exchange({
        operation,
        encoded,
        payload,
        signal,
        read: (response) => decodeOutput(operation, response, context),
      });
      output.$metadata = {
        httpStatusCode: response.status,
        requestId: response.headers['x-amz-request-id'],
        extendedRequestId: response.headers['x-amz-id-2'],
        attempts,
      };
      return output as ClientOutput<Name>;
    },
  };
}

const utf8 = new TextDecoder();
const decode = (bytes: Uint8Array): string => utf8.decode(bytes);

/** What the client adds to what the caller says, as AWS's SDKs do. */
function prepareInput(
  { name }: Operation,
  input: Readonly<Record<string, unknown>>,
  { region, responseChecksums }: ResolvedConfig,
): Readonly<Record<string, unknown>> {
  if (name === 'GetObject') {
    const asks = responseChecksums === 'whenSupported' && input.ChecksumMode === undefined;
    return asks ? { ...input, ChecksumMode: 'ENABLED' } : input;
  }
  if (name === 'CreateBucket' && region !== 'us-east-1') {
    if (input.CreateBucketConfiguration !== undefined) return input;
    return { ...input, CreateBucketConfiguration: { LocationConstraint: region } };
  }
  return input;
}

/** A temporary redirect to another address of the same kind; never from an encrypted connection to a plain one. */
function redirectOf(
  { status, headers }: S3Error,
  bucket: string | undefined,
  { origin }: Target,
): Target | undefined {
  const { location = '' } = headers;
  if (status !== 307 && status !== 308) return undefined;
  // The path as it was sent: what parses URLs takes `.` and `..` out of keys.
  const path = absoluteUrl.exec(location)?.[1];
  if (path === undefined || !URL.canParse(location)) return undefined;
  const url = new URL(location);
  if (url.protocol === 'http:' && origin.secure) return undefined;
  const isInHost = bucket !== undefined && url.hostname.startsWith(`${bucket}.`);
  return { origin: originOf(url), path: path || '/', hostBucket: isInHost ? bucket : undefined };
}

const absoluteUrl = /^https?:\/\/[^/?#]+([^?#]*)/i;

const astray = ({ status, headers, operation }: S3Error): S3Error =>
  new S3Error('TooManyRedirects', `redirected more than ${maxRedirects} times`, {
    status,
    headers,
    operation,
  });
