/** What the client signs is accepted by the server's verifiers, and nothing that was changed after. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumAlgorithms } from '../../digest/algorithms.ts';
import { digestOf } from '../../digest/digest.ts';
import { type OperationName, operations } from '../../model/operations.gen.ts';
import { decodeAwsChunked } from '../../protocol/aws-chunked/decode.ts';
import { shapeValue } from '../../protocol/contract/shape-values.ts';
import type { WireRequest } from '../../protocol/request.ts';
import { parseSigV2 } from '../../protocol/sigv2/claim.ts';
import { verifySigV2 } from '../../protocol/sigv2/verify.ts';
import { parseSigV4 } from '../../protocol/sigv4/claim.ts';
import { type SigningContext, verifySigV4 } from '../../protocol/sigv4/verify.ts';
import { bodyOf } from '../body.ts';
import { encodeInput } from '../codec/encode-input.ts';
import { type ReceivedRequest, received, testTarget } from '../codec/received.fixture.ts';
import { nodeRuntime } from '../node/node-runtime.ts';
import { payloadOf } from '../payload.ts';
import type { Operation } from '../types.ts';
import type { ChunkSigner, SigningScope } from './signer.ts';
import { createSigV2 } from './sigv2.ts';
import { createSigV4 } from './sigv4.ts';

const { hashes } = nodeRuntime;
const signers = { s3v4: createSigV4(hashes), s3: createSigV2(hashes) };
const now = Date.UTC(2026, 6, 28, 23, 59, 59, 987);

const scopes: fc.Arbitrary<SigningScope> = fc.record({
  credentials: fc.record(
    {
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{1,20}$/),
      secretAccessKey: fc.string({ minLength: 1, maxLength: 40 }),
      sessionToken: fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  region: fc.constantFrom('us-east-1', 'eu-west-3', 'anywhere'),
  now: fc.constant(now),
});

interface Prepared {
  readonly operation: Operation;
  readonly style: 'path' | 'virtual';
  readonly input: Readonly<Record<string, unknown>>;
}

/** Any request that there is, by its operation's tables. */
const requests: fc.Arbitrary<Prepared> = fc
  .constantFrom(...(Object.keys(operations) as OperationName[]))
  .chain((name) => {
    const operation: Operation = operations[name];
    const has = (label: string) => operation.input.members.some((one) => one.name === label);
    return fc.record({
      operation: fc.constant(operation),
      style: fc.constantFrom('path', 'virtual'),
      input: fc
        .tuple(
          shapeValue(operation.input, (one) => one.in === 'label' || one.kind === 'stream'),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
        )
        .map(([rest, key]) => ({
          ...rest,
          ...(has('Bucket') && { Bucket: 'bucket' }),
          ...(has('Key') && { Key: key }),
        })),
    });
  })
  .filter(
    ({ operation, input }) =>
      !operation.input.members.some((one) => one.required && input[one.name as never] === ''),
  );

function unsigned({ operation, style, input }: Prepared) {
  const encoded = encodeInput(operation, input, { isWithoutBody: true });
  const { origin, path, hostBucket } = testTarget(style, encoded.bucket, encoded.key);
  const headers: Record<string, string> = { host: origin.host, ...encoded.headers };
  return { method: operation.method, path, hostBucket, query: encoded.query, headers };
}

const asReceived = (
  { method, path }: { method: string; path: string },
  query: string,
  headers: Readonly<Record<string, string>>,
): ReceivedRequest => received({ method, path, query, headers });

function verified({ request, target }: ReceivedRequest, scope: SigningScope, at = now): unknown {
  const { secretAccessKey, accessKeyId, sessionToken } = scope.credentials;
  const claim = parseSigV4(request) ?? parseSigV2(request);
  expect(claim).toMatchObject({ accessKeyId });
  expect(claim?.sessionToken).toBe(sessionToken);
  if (claim?.version === 4) {
    return verifySigV4(claim, request, secretAccessKey, { now: at, region: scope.region });
  }
  const hostBucket = target.bucketInHost ? target.bucket : undefined;
  return verifySigV2(claim!, request, secretAccessKey, { now: at, hostBucket });
}

const versions = ['s3v4', 's3'] as const;

describe.each(versions)('a request signed by %s', (version) => {
  it('is accepted, whatever it asks for', () => {
    fc.assert(
      fc.property(requests, scopes, (prepared, scope) => {
        const request = unsigned(prepared);
        signers[version].sign(request, scope, 'UNSIGNED-PAYLOAD');
        verified(asReceived(request, request.query.join('&'), request.headers), scope);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused after it was changed', () => {
    const change = fc.constantFrom('method', 'path', 'x-amz-date', 'x-amz-acl', 'secret');
    fc.assert(
      fc.property(requests, scopes, change, (prepared, scope, changed) => {
        const request = unsigned(prepared);
        signers[version].sign(request, scope, 'UNSIGNED-PAYLOAD');
        const { headers, query } = request;
        const { credentials } = scope;
        const secretAccessKey = `${credentials.secretAccessKey}x`;
        const theirs =
          changed === 'secret'
            ? { ...scope, credentials: { ...credentials, secretAccessKey } }
            : scope;
        if (changed === 'method') request.method = 'PATCH';
        if (changed === 'path') request.path += 'x';
        if (changed === 'x-amz-acl') headers[changed] = 'changed';
        if (changed === 'x-amz-date') headers[changed] = '20260728T235900Z';
        const sent = asReceived(request, query.join('&'), headers);
        expect(() => verified(sent, theirs)).toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('may be moved into a URL, which is accepted until it expires', () => {
    fc.assert(
      fc.property(
        requests,
        scopes,
        fc.integer({ min: 1, max: 604_800 }),
        (prepared, scope, seconds) => {
          const request = unsigned(prepared);
          const query = signers[version].presign(request, scope, seconds);
          const sent = asReceived(request, query, request.headers);
          verified(sent, scope);
          verified(sent, scope, now + seconds * 1000 - 1000);
          expect(() => verified(sent, scope, now + seconds * 1000 + 1000)).toThrow('expired');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a body in chunks', () => {
  /** Sizes around those of chunks. */
  const size = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(65_535, 65_536, 65_537, 131_072, 200_000),
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 });

  async function* inPieces(bytes: Uint8Array, lengths: readonly number[]) {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const end = at + lengths[turn % lengths.length]!;
      yield bytes.subarray(at, end);
      at = end;
    }
  }

  async function sent(options: {
    readonly bytes: Uint8Array;
    readonly pieces: readonly number[];
    readonly signsPayload: boolean;
    readonly algorithm: string | undefined;
  }) {
    const { bytes, pieces, signsPayload, algorithm } = options;
    const scope: SigningScope = {
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
      region: 'us-east-1',
      now,
    };
    const encoded = encodeInput(operations.PutObject, {
      Bucket: 'bucket',
      Key: 'key',
      ChecksumAlgorithm: algorithm,
      ContentEncoding: 'gzip',
    });
    const payload = await payloadOf(
      operations.PutObject,
      encoded,
      bodyOf(inPieces(bytes, pieces), bytes.length),
      hashes,
      { version: 's3v4', signsPayload, checksums: 'whenRequired' },
    );
    const { origin, path, hostBucket } = testTarget('path', 'bucket', 'key');
    const headers: Record<string, string> = {
      host: origin.host,
      ...encoded.headers,
      ...payload.headers,
    };
    const request = { method: 'PUT', path, hostBucket, query: [], headers };
    const chunks: ChunkSigner | undefined = signers.s3v4.sign(request, scope, payload.declaration);
    const coded: Buffer[] = [];
    for await (const chunk of payload.open(chunks) as AsyncIterable<Uint8Array>) {
      coded.push(Buffer.from(chunk));
    }
    const context = verified(asReceived(request, '', headers), scope) as SigningContext;
    return { headers, coded, context };
  }

  function decoded(
    { headers, context }: { headers: WireRequest['headers']; context: SigningContext },
    coded: readonly Buffer[],
  ) {
    const declaration = headers['x-amz-content-sha256']!;
    const isSigned = declaration.startsWith('STREAMING-AWS4');
    return decodeAwsChunked(
      (async function* () {
        yield* coded;
      })(),
      {
        decodedLength: Number(headers['x-amz-decoded-content-length']),
        trailerNames: headers['x-amz-trailer']?.split(',') ?? [],
        ...(isSigned && { signing: context }),
        signedTrailer: isSigned && declaration.endsWith('-TRAILER'),
      },
    );
  }

  it('is as long as was said, signed chunk by chunk, with its checksum after it', async () => {
    const algorithms = fc.option(fc.constantFrom(...checksumAlgorithms), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        size,
        cuts,
        fc.boolean(),
        algorithms,
        async (length, pieces, signs, algorithm) => {
          fc.pre(signs || algorithm !== undefined);
          const bytes = Buffer.alloc(length, 'some bytes ');
          const upload = await sent({ bytes, pieces, signsPayload: signs, algorithm });
          const { headers, coded } = upload;
          expect(headers['content-encoding']).toBe('aws-chunked,gzip');
          expect(headers['content-length']).toBe(String(Buffer.concat(coded).length));
          const body = decoded(upload, coded);
          const chunks: Buffer[] = [];
          for await (const chunk of body) chunks.push(chunk);
          expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
          const name = `x-amz-checksum-${algorithm?.toLowerCase()}`;
          const value =
            algorithm && Buffer.from(await digestOf(algorithm, bytes)).toString('base64');
          expect(Object.fromEntries(body.trailers)).toEqual(algorithm ? { [name]: value } : {});
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused if a byte of it is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (length, at) => {
        const bytes = Buffer.alloc(length, 'some bytes ');
        const upload = await sent({
          bytes,
          pieces: [100],
          signsPayload: true,
          algorithm: 'SHA256',
        });
        const all = Buffer.concat(upload.coded);
        const index = at % all.length;
        all[index] = all[index]! ^ 1;
        const read = async () => {
          for await (const _ of decoded(upload, [all]));
        };
        await expect(read(), `byte ${index} of ${all.length}`).rejects.toThrow();
      }),
      { numRuns: 60, examples: [[288, 1156088576]] },
    );
  });
});
