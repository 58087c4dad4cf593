/** What the client encodes is routed to its operation by the server and read there as it was meant. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GetObject,
  ListObjectsV2,
  type OperationName,
  operations,
  PutObject,
  PutObjectAnnotation,
} from '../../model/operations.gen.ts';
import { shapeValue } from '../../protocol/contract/shape-values.ts';
import { decodeInput } from '../../protocol/decode.ts';
import { route } from '../../protocol/route.ts';
import type { Operation } from '../types.ts';
import { type EncodedInput, encodeInput } from './encode-input.ts';
import { received, testTarget } from './received.fixture.ts';

const names = Object.keys(operations) as OperationName[];

/** All that a key may hold, dots between slashes and control characters among it. */
const key = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc
    .array(fc.constantFrom('/', '.', '..', '//', 'a b+c', '%2F', 'ö', '?', '#', '\0', '\n'), {
      minLength: 1,
    })
    .map((parts) => parts.join('')),
);
const bucket = fc.constantFrom('bucket', 'with.dots', '123');

function sent(operation: Operation, encoded: EncodedInput, style: 'path' | 'virtual') {
  const { origin, path } = testTarget(style, encoded.bucket, encoded.key);
  return received({
    method: operation.method,
    path,
    query: encoded.query.join('&'),
    headers: { host: origin.host, ...encoded.headers },
  });
}

function documentOf({ body }: EncodedInput): Buffer | undefined {
  return body?.kind === 'bytes' ? Buffer.from(body.bytes) : undefined;
}

describe.each(['path', 'virtual'] as const)('encodeInput with the bucket in the %s', (style) => {
  it.each(names)('writes every input of %s so that the server reads it', (name) => {
    const operation: Operation = operations[name];
    const hasKey = operation.input.members.some((member) => member.name === 'Key');
    const hasBucket = operation.input.members.some((member) => member.name === 'Bucket');
    const input = shapeValue(
      operation.input,
      (member) => member.in === 'label' || member.kind === 'stream',
    );
    const labels = fc.record({
      ...(hasBucket && { Bucket: bucket }),
      ...(hasKey && { Key: key }),
    });
    fc.assert(
      fc.property(labels, input, (label, rest) => {
        const value = { ...label, ...rest };
        // Nothing is taken for missing.
        fc.pre(!operation.input.members.some((one) => one.required && rest[one.name] === ''));
        const encoded = encodeInput(operation, value, { isWithoutBody: true });
        const { request, target } = sent(operation, encoded, style);
        expect(route(request, target)).toBe(name);
        const decoded = decodeInput(name, request, target, documentOf(encoded));
        const isAsked = encoded.query.includes('encoding-type=url');
        expect(decoded).toEqual(isAsked ? { ...value, EncodingType: 'url' } : value);
      }),
      { numRuns: 20 },
    );
  });
});

describe('encodeInput', () => {
  const code = (name: string) => expect.objectContaining({ code: name });

  it('asks for encoded keys unless the caller has said how', () => {
    expect(encodeInput(ListObjectsV2, { Bucket: 'b' }).query).toContain('encoding-type=url');
    const { query } = encodeInput(ListObjectsV2, { Bucket: 'b', EncodingType: 'url' });
    expect(query.filter((pair) => pair.startsWith('encoding-type'))).toHaveLength(1);
  });

  it.each([
    ['a bucket that is missing', GetObject, { Key: 'k' }],
    ['a key that is empty', PutObject, { Bucket: 'b', Key: '' }],
    ['a member that there is not', GetObject, { Bucket: 'b', Key: 'k', Colour: 'red' }],
    ['a line break in a header', PutObject, { Bucket: 'b', Key: 'k', ContentType: 'a\r\nb: c' }],
    [
      'metadata of a name that no header can have',
      PutObject,
      { Bucket: 'b', Key: 'k', Metadata: { 'a b': 'c' } },
    ],
    [
      'a stream that is missing',
      PutObjectAnnotation,
      { Bucket: 'b', Key: 'k', AnnotationName: 'n' },
    ],
  ])('refuses %s', (_, operation, input) => {
    expect(() => encodeInput(operation as Operation, input)).toThrow(code('InvalidInput'));
  });

  it('takes undefined and null for what was left out', () => {
    const input = { Bucket: 'b', Key: 'k', VersionId: undefined, Range: null };
    expect(encodeInput(GetObject, input)).toMatchObject({ query: [], headers: {} });
  });

  it('refuses the stream of bytes where others bring it', () => {
    const input = { Bucket: 'b', Key: 'k', Body: 'x' };
    expect(() => encodeInput(PutObject, input, { isWithoutBody: true })).toThrow(
      code('InvalidInput'),
    );
  });
});
