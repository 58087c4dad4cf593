/**
 * A client of IAM and STS: AWS's Query protocol, by the tables of their models, as `src/iam` reads them.
 *
 * Smithy, "AWS Query protocol"; IAM API reference, "Making query requests". Signed with Version 4 whatever the client of
 * S3 signs with, as these services know no other.
 */
import { type IamTypes, iamOperations, iamVersion } from '../../model/iam.gen.ts';
import type { QueryOperation } from '../../model/query-operation.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { type StsTypes, stsOperations, stsVersion } from '../../model/sts.gen.ts';
import { uriEncode } from '../../protocol/sigv4/percent-encoding.ts';
import { signSigV4 } from '../../protocol/sigv4/sign.ts';
import { sha256Hex } from '../../protocol/sigv4/signing-key.ts';
import { readDocument } from '../codec/read-document.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { originOf } from '../endpoint.ts';
import { createRetries } from '../retry.ts';
import type { Origin } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';

type Types = IamTypes & StsTypes;
export type QueryName = keyof Types;

export interface QueryClient {
  /** @throws S3Error with the service's code */
  call<Name extends QueryName>(
    name: Name,
    input: Types[Name]['input'],
  ): Promise<Types[Name]['output']>;
  close(): void;
}

const services = {
  iam: { version: iamVersion, operations: iamOperations },
  sts: { version: stsVersion, operations: stsOperations },
} as const;

type ServiceName = keyof typeof services;

/** AWS has one IAM for all regions. */
const awsIamRegion = 'us-east-1';

interface Endpoints {
  readonly iam?: string | undefined;
  readonly sts?: string | undefined;
}

/**
 * For the server and keys of a client of S3: Kist answers on the port of S3; AWS has hosts of their own for both.
 * @param endpoints instead of these
 */
export function createQueryClient(
  sender: Sender,
  {
    endpoints = {},
    signal,
  }: { readonly endpoints?: Endpoints; readonly signal?: AbortSignal } = {},
): QueryClient {
  const { runtime } = sender;
  const transport = runtime.createTransport({ maxConnections: sender.config.maxConnections });

  const send = async (service: ServiceName, body: string) => {
    const { credentials, region, now } = await scopeOf(sender, service);
    const origin = placeOf(sender, service, endpoints[service], region);
    const headers = {
      host: origin.host,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': String(body.length),
    };
    const request = { method: 'POST', rawPath: '/', rawQuery: '', query: [], headers };
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    const options = { now, region, service, payload: sha256Hex(body) };
    return transport.send({
      origin,
      method: 'POST',
      path: '/',
      headers: signSigV4(request, keys, options).headers,
      body: new TextEncoder().encode(body),
      signal,
      timeouts: sender.config.timeouts,
    });
  };

  return {
    async call(name, input) {
      const service: ServiceName = name in iamOperations ? 'iam' : 'sts';
      const { version, operations } = services[service];
      const operation = (operations as Readonly<Record<string, QueryOperation>>)[name]!;
      const body = encodeForm(operation, version, input as object);
      const retries = createRetries(sender, signal);
      for (;;) {
        try {
          const { status, headers, body: answer } = await send(service, body);
          const text = new TextDecoder().decode(await answer.bytes());
          if (status < 300) return outputOf(operation, text) as never;
          throw errorOf(name, status, headers, text);
        } catch (error) {
          // A creation whose answer was lost may have been done: it isn't sent again.
          const isRefused = error instanceof S3Error && error.status !== 0;
          if (!isRefused && !isReading(name)) throw error;
          await retries.afterFailure(error);
        }
      }
    },
    close: () => transport.close(),
  };
}

const isReading = (name: string): boolean => /^(?:Get|List)/.test(name);

/** @throws S3Error MissingCredentials */
async function scopeOf(sender: Sender, service: ServiceName) {
  const scope = await sender.scope();
  if (scope === undefined) {
    throw new S3Error('MissingCredentials', `${service.toUpperCase()} takes no unsigned requests`);
  }
  const isAws = isAwsHost(sender.locate().origin);
  return { ...scope, region: isAws && service === 'iam' ? awsIamRegion : scope.region } as {
    readonly credentials: Credentials;
    readonly region: string;
    readonly now: number;
  };
}

const isAwsHost = ({ hostname }: Origin): boolean => hostname.endsWith('.amazonaws.com');

function placeOf(
  sender: Sender,
  service: ServiceName,
  given: string | undefined,
  region: string,
): Origin {
  if (given) return originOf(new URL(given));
  const { origin } = sender.locate();
  if (!isAwsHost(origin)) return origin;
  const host = service === 'iam' ? 'iam.amazonaws.com' : `sts.${region}.amazonaws.com`;
  return originOf(new URL(`https://${host}`));
}

/** `Tags.member.1.Key=…` is the key of the first of the tags. */
export function encodeForm({ name, input: shape }: QueryOperation, version: string, input: object) {
  const pairs: [string, string][] = [
    ['Action', name],
    ['Version', version],
  ];
  writeStructure(shape, input, '', pairs);
  return pairs.map(([key, value]) => `${uriEncode(key)}=${uriEncode(value)}`).join('&');
}

function writeStructure(
  shape: Shape | undefined,
  value: object,
  prefix: string,
  pairs: [string, string][],
): void {
  for (const [name, held] of Object.entries(value)) {
    if (held === undefined) continue;
    const member = shape?.members.find((one) => one.name === name);
    if (member === undefined) throw new S3Error('InvalidInput', `there is no ${prefix}${name}`);
    writeMember(member, held, prefix + name, pairs);
  }
}

function writeMember(
  { kind, of }: Member,
  value: unknown,
  name: string,
  pairs: [string, string][],
) {
  if (kind === 'structure') writeStructure(of as Shape, value as object, `${name}.`, pairs);
  else if (kind !== 'list') pairs.push([name, scalarText(value)]);
  else {
    for (const [at, item] of (value as readonly unknown[]).entries()) {
      const place = `${name}.member.${at + 1}`;
      if (typeof of === 'object') writeStructure(of, item as object, `${place}.`, pairs);
      else pairs.push([place, scalarText(item)]);
    }
  }
}

const scalarText = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value);

/** Around an operation's output there are two elements more. */
function outputOf({ name, output }: QueryOperation, text: string): object {
  if (output === undefined) return {};
  const result = `${name}Result`;
  const around: Shape = {
    name: `${name}Response`,
    members: [{ name: result, kind: 'structure', of: output }],
  };
  const { root, value } = readDocument(around, text, false);
  if (root !== around.name) throw new S3Error('MalformedResponse', `the answer is a ${root}`);
  return (value[result] as object | undefined) ?? {};
}

const errorShape: Shape = {
  name: 'ErrorResponse',
  members: [
    {
      name: 'Error',
      kind: 'structure',
      of: {
        name: 'Error',
        members: [
          { name: 'Code', kind: 'string' },
          { name: 'Message', kind: 'string' },
        ],
      },
    },
    // Servers of S3 alone answer with an error of S3's.
    { name: 'Code', kind: 'string' },
    { name: 'Message', kind: 'string' },
    { name: 'RequestId', kind: 'string' },
  ],
};

function errorOf(
  operation: string,
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  text: string,
): S3Error {
  interface Told {
    readonly Code?: string;
    readonly Message?: string;
  }
  let found: Told & { readonly Error?: Told; readonly RequestId?: string } = {};
  try {
    found = readDocument(errorShape, text, false).value;
  } catch {
    // A proxy's page, or nothing: the status has to do.
  }
  const { Code, Message } = found.Error ?? found;
  const message = Message ?? `${operation}: the server answered ${status}`;
  return new S3Error(Code ?? `HTTP${status}`, message, {
    status,
    headers,
    operation,
    requestId: found.RequestId,
  });
}
