import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, S3Error } from '../errors.ts';
import { deriveSigningKey } from '../sigv4/signing-key.ts';
import type { SigningContext } from '../sigv4/verify.ts';
import {
  type AwsChunkedOptions,
  decodeAwsChunked,
  maxChunkHeaderBytes,
  maxTrailerBytes,
  minChunkBytes,
} from './decode.ts';
import { encodeAwsChunked } from './encode.fixture.ts';
import { awsChunkedOptions } from './headers.ts';

function signingContext(seedSignature: string): SigningContext {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  return {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    signingKey: deriveSigningKey(secret, '20130524', 'us-east-1', 's3'),
    seedSignature,
    scope: '20130524/us-east-1/s3/aws4_request',
    amzDate: '20130524T000000Z',
  };
}

const signing = signingContext(createHash('sha256').digest('hex'));
const trailerName = 'x-amz-checksum-crc32c';

interface Decoded {
  readonly data: Buffer;
  readonly trailers: Record<string, string>;
}

async function* pieces(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function decode(
  body: Buffer | string,
  options: AwsChunkedOptions,
  pieceBytes = 65_536,
): Promise<Decoded> {
  const source = pieces(Buffer.from(body), pieceBytes);
  const decoded = decodeAwsChunked(source, options);
  const data: Buffer[] = [];
  for await (const piece of decoded) data.push(piece);
  return { data: Buffer.concat(data), trailers: Object.fromEntries(decoded.trailers) };
}

async function encode(
  chunks: readonly Buffer[],
  encoding: { signing?: SigningContext; trailers?: Record<string, string> } = {},
): Promise<Buffer> {
  const { trailers } = encoding;
  const parts: Buffer[] = [];
  const coded = encodeAwsChunked(chunks, {
    signing: encoding.signing,
    trailers: trailers && (() => trailers),
  });
  for await (const part of coded) parts.push(part);
  return Buffer.concat(parts);
}

async function errorOf(decoding: Promise<unknown>): Promise<S3Error> {
  const error = await decoding.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof S3Error) return error;
  throw error ?? new Error('nothing was thrown');
}

describe("AWS's published examples", () => {
  const data = Buffer.alloc(66_560, 'a');
  const chunk = (size: number, signature: string) =>
    `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}${size > 0 ? '\r\n' : ''}`;

  test('hold: signed chunks', async () => {
    const body = `${chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648')}${chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497')}${chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9')}\r\n`;
    const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
    const options = { decodedLength: 66_560, trailerNames: [], signing: signingContext(seed) };
    expect(Buffer.byteLength(body)).toBe(66_824);
    expect((await decode(body, options)).data).toEqual(data);
    const encoded = await encode([data.subarray(0, 65_536), data.subarray(65_536)], {
      signing: signingContext(seed),
    });
    expect(encoded.toString()).toBe(body);
  });

  test('hold: signed chunks and a signed trailer', async () => {
    const body = `${chunk(65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2')}${chunk(1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7')}${chunk(0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992')}${trailerName}:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n`;
    const context = signingContext(
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    );
    const options = {
      decodedLength: 66_560,
      trailerNames: [trailerName],
      signing: context,
      signedTrailer: true,
    };
    const decoded = await decode(body, options);
    expect(decoded).toEqual({ data, trailers: { [trailerName]: 'sOO8/Q==' } });
    const encoded = await encode([data.subarray(0, 65_536), data.subarray(65_536)], {
      signing: context,
      trailers: { [trailerName]: 'sOO8/Q==' },
    });
    expect(encoded.toString()).toBe(body);
  });
});

const forms = [
  ['signed chunks', { signing }, []],
  [
    'signed chunks and trailer',
    { signing, trailers: { [trailerName]: 'sOO8/Q==' } },
    [trailerName],
  ],
  ['unsigned chunks and trailer', { trailers: { [trailerName]: 'sOO8/Q==' } }, [trailerName]],
  ['unsigned chunks alone', {}, []],
] as const;

describe.each(forms)('a body of %s', (_name, encoding, trailerNames) => {
  const chunks = [minChunkBytes, minChunkBytes + 1, 100].map((size, index) =>
    Buffer.alloc(size, index + 65),
  );
  const data = Buffer.concat(chunks);
  const expected: Decoded = {
    data,
    trailers: 'trailers' in encoding ? { ...encoding.trailers } : {},
  };
  const options: AwsChunkedOptions = {
    decodedLength: data.length,
    trailerNames,
    signing: 'signing' in encoding ? encoding.signing : undefined,
    signedTrailer: 'signing' in encoding && 'trailers' in encoding,
  };
  const codes = (error: unknown) => {
    if (!(error instanceof S3Error)) throw error;
    return error.code;
  };

  test('decodes to the same however it is cut', async () => {
    const body = await encode(chunks, encoding);
    for (const size of [1, 2, 3, 7, 64, 8191, 8192, 8193, body.length]) {
      expect(await decode(body, options, size)).toEqual(expected);
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length)), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), body.length];
        async function* cut() {
          for (let n = 1; n < edges.length; n++) yield body.subarray(edges[n - 1], edges[n]);
        }
        const decoded = decodeAwsChunked(cut(), options);
        const parts: Buffer[] = [];
        for await (const part of decoded) parts.push(part);
        expect(Buffer.concat(parts).equals(data)).toBe(true);
        expect(Object.fromEntries(decoded.trailers)).toEqual(expected.trailers);
      }),
    );
  });

  test('is passed on by reference', async () => {
    const body = await encode(chunks, encoding);
    for await (const piece of decodeAwsChunked(pieces(body, body.length), options)) {
      expect(piece.buffer).toBe(body.buffer);
    }
  });

  test('fails wherever it ends early', async () => {
    const body = await encode(chunks, encoding);
    const edges = [
      0,
      1,
      5,
      100,
      8300,
      body.length - 300,
      ...Array.from({ length: 250 }, (_, n) => body.length - 1 - n),
    ];
    for (const end of edges) {
      const error = await errorOf(decode(body.subarray(0, end), options));
      expect(error.code).toMatch(/^(IncompleteBody|MalformedTrailerError)$/);
    }
  });

  test('that is changed in one byte fails, unless its data and trailers stay what they were', async () => {
    const body = await encode(chunks, encoding);
    const dataOnly = !('signing' in encoding);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(body.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const mutated = Buffer.from(body);
          mutated[at]! ^= flip;
          const decoded = await decode(mutated, options).catch(codes);
          if (typeof decoded === 'string') return;
          // Nothing vouches for unsigned bytes but the checksum, which is not the decoder's to verify.
          if (dataOnly) expect(decoded.data.length).toBe(data.length);
          else expect(decoded).toEqual(expected);
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('an empty body', () => {
  test('is one chunk of no bytes', async () => {
    const options = { decodedLength: 0, trailerNames: [], signing };
    expect((await decode(await encode([], { signing }), options)).data.length).toBe(0);
    expect((await decode('0\r\n\r\n', { decodedLength: 0, trailerNames: [] })).data.length).toBe(0);
  });

  test('without any bytes is incomplete', async () => {
    const error = await errorOf(decode('', { decodedLength: 0, trailerNames: [] }));
    expect(error.code).toBe('IncompleteBody');
  });
});

describe('the coding', () => {
  const crc = { trailerNames: [trailerName], decodedLength: 5 };
  const plain = { trailerNames: [], decodedLength: 5 };
  const signature = 'f'.repeat(64);

  test.each<[string, string, AwsChunkedOptions, ErrorCode]>([
    ['a size that is no hex', 'x\r\nhello\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['an empty size', '\r\nhello\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['a size beyond all bounds', `${'f'.repeat(30)}\r\nhello`, plain, 'IncompleteBody'],
    ['a header line without CR', '5\nhello\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['data longer than its size', '5\r\nhello!\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['more data than announced', '6\r\nhello!\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['less data than announced', '4\r\nhell\r\n0\r\n\r\n', plain, 'IncompleteBody'],
    ['an endless header line', '0'.repeat(maxChunkHeaderBytes + 1), plain, 'IncompleteBody'],
    [
      'a signature where none is expected',
      `5;chunk-signature=${signature}\r\nhello\r\n`,
      plain,
      'IncompleteBody',
    ],
    ['no signature where one is', '5\r\nhello\r\n', { ...plain, signing }, 'IncompleteBody'],
    [
      'half a signature',
      '5;chunk-signature=ff\r\nhello\r\n',
      { ...plain, signing },
      'IncompleteBody',
    ],
    [
      'a wrong signature',
      `5;chunk-signature=${signature}\r\nhello\r\n`,
      { ...plain, signing },
      'SignatureDoesNotMatch',
    ],
    ['a trailer too few', '5\r\nhello\r\n0\r\n\r\n', crc, 'MalformedTrailerError'],
    [
      'another trailer than announced',
      '5\r\nhello\r\n0\r\nx-amz-checksum-sha1:a\r\n\r\n',
      crc,
      'MalformedTrailerError',
    ],
    [
      'a trailer that nobody announced',
      `5\r\nhello\r\n0\r\n${trailerName}:a\r\n\r\n`,
      plain,
      'MalformedTrailerError',
    ],
    [
      'a trailer twice',
      `5\r\nhello\r\n0\r\n${trailerName}:a\r\n${trailerName}:b\r\n\r\n`,
      crc,
      'MalformedTrailerError',
    ],
    ...['\f', '\v', '\r', '\0', '\x7f'].map(
      (character): [string, string, AwsChunkedOptions, ErrorCode] => [
        `a trailer with ${JSON.stringify(character)} in its value`,
        `5\r\nhello\r\n0\r\n${trailerName}:a${character}\r\n\r\n`,
        crc,
        'MalformedTrailerError',
      ],
    ),
    [
      'a trailer without a colon',
      `5\r\nhello\r\n0\r\n${trailerName}\r\n\r\n`,
      crc,
      'MalformedTrailerError',
    ],
    [
      'bytes after the end',
      `5\r\nhello\r\n0\r\n${trailerName}:a\r\n\r\nmore\r\n\r\n`,
      crc,
      'MalformedTrailerError',
    ],
    [
      'an endless trailer',
      `5\r\nhello\r\n0\r\n${trailerName}:${'a'.repeat(maxTrailerBytes)}`,
      crc,
      'MalformedTrailerError',
    ],
    ['a trailer without its end', `5\r\nhello\r\n0\r\n${trailerName}:a\r\n`, crc, 'IncompleteBody'],
  ])('with %s is refused', async (_name, body, options, code) => {
    expect((await errorOf(decode(body, options))).code).toBe(code);
    expect((await errorOf(decode(body, options, 1))).code).toBe(code);
  });

  test('may have upper-case and padded sizes', async () => {
    const body = `000A\r\n${'x'.repeat(10)}\r\n00\r\n\r\n`;
    expect((await decode(body, { decodedLength: 10, trailerNames: [] })).data.length).toBe(10);
  });

  test('may end its trailers as minio-go does', async () => {
    const trailers = { [trailerName]: 'sOO8/Q==' };
    const unsigned = `5\r\nhello\r\n0\r\n${trailerName}:sOO8/Q==\n\r\n\r\n`;
    expect((await decode(unsigned, crc)).trailers).toEqual(trailers);
    const signed = (await encode([Buffer.from('hello')], { signing, trailers })).toString();
    const body = signed.replace('==\r\n', '==\n\r\n');
    const options = { ...crc, signing, signedTrailer: true };
    expect((await decode(body, options)).trailers).toEqual(trailers);
  });

  test('must have 8 KiB in every chunk but the last', async () => {
    const chunks = [minChunkBytes, minChunkBytes - 1, 10].map((size) => Buffer.alloc(size));
    const decodedLength = 2 * minChunkBytes + 9;
    for (const encoding of [{}, { signing }]) {
      const options = { decodedLength, trailerNames: [], ...encoding };
      const error = await errorOf(decode(await encode(chunks, encoding), options));
      expect([error.code, error.status, error.message]).toEqual([
        'InvalidChunkSizeError',
        403,
        'Only the last chunk is allowed to have a size less than 8192 bytes',
      ]);
      expect(error.fields).toEqual({ Chunk: '3', BadChunkSize: '8191' });
    }
  });

  test('tells what it signed when a chunk or the trailer does not match', async () => {
    const body = (
      await encode([Buffer.from('hello')], { signing, trailers: { [trailerName]: 'a' } })
    ).toString();
    const options = { ...crc, signing, signedTrailer: true };
    const chunk = await errorOf(decode(body.replace('hello', 'hallo'), options));
    expect(chunk.code).toBe('SignatureDoesNotMatch');
    expect(chunk.fields.StringToSign).toMatch(/^AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n/);
    const trailer = await errorOf(
      decode(body.replace(`${trailerName}:a`, `${trailerName}:b`), options),
    );
    expect(trailer.code).toBe('SignatureDoesNotMatch');
    expect(trailer.fields.StringToSign).toMatch(/^AWS4-HMAC-SHA256-TRAILER\n20130524T000000Z\n/);
    const unsigned = body.replace(/x-amz-trailer-signature.*\r\n/, '');
    expect((await errorOf(decode(unsigned, options))).code).toBe('MalformedTrailerError');
  });

  test('closes its source when the reader stops or an error ends it', async () => {
    let closed = 0;
    async function* source() {
      try {
        yield Buffer.from('5\r\nhel');
        yield Buffer.from('lo!');
      } finally {
        closed += 1;
      }
    }
    for await (const _ of decodeAwsChunked(source(), plain)) break;
    expect(closed).toBe(1);
    const drain = async () => {
      for await (const _ of decodeAwsChunked(source(), plain));
    };
    expect((await errorOf(drain())).code).toBe('IncompleteBody');
    expect(closed).toBe(2);
  });
});

describe('the headers', () => {
  const stream = { kind: 'stream', signed: true, trailer: true } as const;

  test('give the length, the trailers and how to verify', () => {
    const headers = {
      'x-amz-decoded-content-length': '5',
      'x-amz-trailer': ' X-Amz-Checksum-CRC32C, x-amz-checksum-sha1 ',
    };
    expect(awsChunkedOptions(headers, stream, signing)).toEqual({
      decodedLength: 5,
      trailerNames: ['x-amz-checksum-crc32c', 'x-amz-checksum-sha1'],
      signing,
      signedTrailer: true,
    });
    const unsigned = { ...stream, signed: false };
    expect(awsChunkedOptions(headers, unsigned, signing).signing).toBeUndefined();
  });

  test.each([undefined, '', '-1', '5.0', '1e3'])('need a decoded length: %s', (length) => {
    const headers = { 'x-amz-decoded-content-length': length };
    expect(() => awsChunkedOptions(headers, stream, signing)).toThrow(
      expect.objectContaining({ code: 'MissingContentLength', status: 411 }),
    );
  });

  test('cannot announce trailers that are no checksums', () => {
    const headers = { 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-meta-a' };
    expect(() => awsChunkedOptions(headers, stream, signing)).toThrow(
      expect.objectContaining({
        code: 'InvalidRequest',
        message: 'The value specified in the x-amz-trailer header is not supported',
      }),
    );
  });
});
