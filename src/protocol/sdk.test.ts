/** AWS's own client as the measure: what it sends is read, what Kist answers is read by it. */
import { Readable } from 'node:stream';
import * as sdk from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationRow } from '../model/operation.ts';
import { type OperationName, operations } from '../model/operations.gen.ts';
import type { Member } from '../model/shape.ts';
import { shapeValue } from './contract/shape-values.ts';
import { decodeInput } from './decode.ts';
import { encodeOutput } from './encode.ts';
import { decodeHeaderText, encodeHeaderText } from './header-text.ts';
import { decodePath, parseQuery } from './query.ts';
import type { RequestTarget, WireRequest } from './request.ts';
import { route } from './route.ts';

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

type Answer = (request: SentRequest) => {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: unknown;
};

type AnyCommand = new (input: unknown) => sdk.PutObjectCommand;
const commands = sdk as unknown as Readonly<Record<string, AnyCommand>>;
const names = Object.keys(operations) as OperationName[];

/** A client whose requests never leave the process. */
function clientOf(answer: Answer): sdk.S3Client {
  return new sdk.S3Client({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    forcePathStyle: true,
    followRegionRedirects: false,
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      handle: async (request: SentRequest) => {
        const { status, headers, body } = answer(request);
        const pairs = headers.flatMap((name, index) =>
          index % 2 === 0 ? [[name.toLowerCase(), decodeHeaderText(headers[index + 1]!)]] : [],
        );
        const response = {
          statusCode: status,
          headers: Object.fromEntries(pairs),
          body: Readable.from([(body as Buffer | undefined) ?? Buffer.alloc(0)]),
        };
        return { response } as never;
      },
      metadata: { handlerProtocol: 'http/1.1' },
    } as never,
  });
}

function received({ method, path, query, headers }: SentRequest): [WireRequest, RequestTarget] {
  const rawQuery = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one ?? ''] as const))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
  const wireHeaders: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    wireHeaders[name.toLowerCase()] = encodeHeaderText(value);
  }
  const [, bucket, ...key] = path.split('/');
  return [
    { method, rawPath: path, rawQuery, query: parseQuery(rawQuery), headers: wireHeaders },
    {
      namespace: undefined,
      bucket: bucket === '' ? undefined : bucket,
      key: key.length === 0 || key[0] === '' ? undefined : decodePath(key.join('/')),
      bucketInHost: false,
    },
  ];
}

/** Members that the client computes, checks or types in its own way. */
function isClients({ name, in: place, kind }: Member): boolean {
  return (
    place === 'label' ||
    kind === 'stream' ||
    /Expires|^Content(Length|MD5)$|SSECustomer|^Checksum|SourceSSE/.test(name)
  );
}

function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The client writes control characters as they are, which isn't XML. */
function holdsControls(value: unknown): boolean {
  return /\\u00[01]|\\[bf]/.test(JSON.stringify(value));
}

/** The client takes text of nothing but white space with a line break for indentation. */
function looksLikeIndentation(value: unknown): boolean {
  return /"(?:\\[ntr]| )*\\n(?:\\[ntr]| )*"/.test(JSON.stringify(value));
}

describe('requests of the AWS SDK', () => {
  it.each(names)('for %s are routed to it and read as they were meant', async (name) => {
    const input = shapeValue(operations[name].input, isClients);
    const labels = Object.fromEntries(
      operations[name].input.members
        .filter((member) => member.in === 'label')
        .map((member) => [member.name, member.name === 'Bucket' ? 'bucket' : 'a/key ö+&']),
    );
    await fc.assert(
      fc.asyncProperty(input, async (value) => {
        let seen: SentRequest | undefined;
        const client = clientOf((request) => {
          seen = request;
          return { status: 200, headers: [], body: undefined };
        });
        const sent = { ...labels, ...value };
        fc.pre(!holdsControls(value));
        await client.send(new commands[`${name}Command`]!(sent)).catch(() => undefined);
        const [request, target] = received(seen!);
        expect(route(request, target)).toBe(name);
        const payload = seen!.body === undefined ? undefined : Buffer.from(seen!.body);
        const decoded = decodeInput(name, request, target, payload);
        expect(withoutUndefined(decoded)).toMatchObject(withoutUndefined(sent) as object);
      }),
      { numRuns: 4 },
    );
  });
});

describe('answers to the AWS SDK', () => {
  const answering = names.filter((name) => (operations[name] as OperationRow).output !== undefined);

  it.each(answering.filter((name) => name !== 'SelectObjectContent'))(
    'of %s are read as they were meant',
    async (name) => {
      const row: OperationRow = operations[name];
      const output = shapeValue(
        row.output!,
        (member) => isClients(member) || /^(EncodingType|Metadata)$/.test(member.name),
        // The client takes a copy's empty body for an error that came after the status.
        (member) => member.in === 'payload',
      );
      const input = shapeValue(row.input!, (member) => member.required !== true);
      await fc.assert(
        fc.asyncProperty(input, output, async (required, value) => {
          fc.pre(!looksLikeIndentation(value));
          const client = clientOf(() => encodeOutput(name, value as never));
          const sent = { ...required, Bucket: 'bucket', Key: 'key' };
          const read = await client.send(new commands[`${name}Command`]!(sent));
          expect(withoutUndefined(read)).toMatchObject(withoutUndefined(value) as object);
        }),
        { numRuns: 4 },
      );
    },
  );
});
