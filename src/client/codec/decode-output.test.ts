/** What the server answers is read by the client as it was meant; what others answer is read or refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationRow } from '../../model/operation.ts';
import {
  CompleteMultipartUpload,
  CopyObject,
  DeleteBucket,
  GetBucketLocation,
  GetBucketVersioning,
  GetObject,
  HeadObject,
  ListObjects,
  ListObjectsV2,
  type OperationName,
  operations,
  SelectObjectContent,
} from '../../model/operations.gen.ts';
import type { OperationTypes } from '../../model/types.gen.ts';
import { shapeValue } from '../../protocol/contract/shape-values.ts';
import { encodeOutput } from '../../protocol/encode.ts';
import { encodeError } from '../../protocol/error-document.ts';
import { S3Error as ServerError } from '../../protocol/errors.ts';
import { encodeUrl } from '../../protocol/url-encoding.ts';
import { ObjectBody } from '../object-body.ts';
import type { Operation } from '../types.ts';
import { answered, document, plainContext } from './answered.fixture.ts';
import { decodeOutput, errorOf } from './decode-output.ts';

type Output = Readonly<Record<string, unknown>>;

const answering = (Object.keys(operations) as OperationName[]).filter(
  (name) => (operations[name] as OperationRow).output !== undefined,
);

/** As the server writes it, read by the client; streams as their bytes, or undefined if there are none. */
async function roundTrip(name: OperationName, value: Output, decodesKeys = false): Promise<Output> {
  const { status, headers, body } = encodeOutput(name, value as never);
  const response = answered(status, headers, body as Buffer | undefined);
  const context = { ...plainContext, decodesKeys, verifiesChecksums: false };
  const output = await decodeOutput(operations[name], response, context);
  for (const [member, held] of Object.entries(output)) {
    if (held instanceof ObjectBody) {
      const bytes = await held.bytes();
      output[member] = bytes.length === 0 ? undefined : Buffer.from(bytes);
    }
    // Some elements are always written.
    if (held === '' && value[member] === undefined) delete output[member];
  }
  return output;
}

function expected(name: OperationName, value: Output): Output {
  const entries = Object.entries(value).map(([member, held]) => [
    member,
    Buffer.isBuffer(held) && held.length === 0 ? undefined : held,
  ]);
  const hasMetadata = (operations[name] as OperationRow).output!.members.some(
    ({ in: place }) => place === 'headers',
  );
  return { ...(hasMetadata && { Metadata: {} }), ...Object.fromEntries(entries) };
}

describe('decodeOutput', () => {
  it.each(answering.filter((name) => name !== 'SelectObjectContent'))(
    'reads every output of %s that the server writes',
    async (name) => {
      const { output }: OperationRow = operations[name];
      const values = shapeValue(
        output!,
        (member) => member.name === 'EncodingType',
        (member) => member.in === 'payload' || member.required === true,
      );
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          fc.pre(value.LocationConstraint !== 'us-east-1');
          expect(await roundTrip(name, value)).toEqual(expected(name, value));
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each(['ListObjects', 'ListObjectsV2', 'ListObjectVersions', 'ListMultipartUploads'] as const)(
    'decodes what %s has percent-encoded for it, any character of it',
    async (name) => {
      const values = shapeValue(
        operations[name].output,
        (member) => member.name === 'EncodingType',
      );
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          const read = await roundTrip(name, { ...value, EncodingType: 'url' }, true);
          expect(read).toEqual(value);
        }),
      );
    },
  );

  it('leaves keys as a server sends them that has not encoded them', async () => {
    const page = document(
      '<ListBucketResult><Contents><Key>100%25 a+b</Key></Contents></ListBucketResult>',
    );
    const context = { ...plainContext, decodesKeys: true };
    const { Contents } = await decodeOutput(ListObjectsV2, page, context);
    expect(Contents).toEqual([{ Key: '100%25 a+b' }]);
  });

  it('leaves keys encoded for who asked for them', async () => {
    const value = { EncodingType: 'url', Contents: [{ Key: 'a b\u0001' }] };
    expect(await roundTrip('ListObjects', value)).toEqual({
      EncodingType: 'url',
      Contents: [{ Key: encodeUrl('a b\u0001') }],
    });
  });

  it('reads the events of a selection, and an error among them', async () => {
    const events = async function* (fails: boolean) {
      yield { Records: { Payload: Buffer.from('a,b\n') } };
      yield { Cont: {} };
      if (fails) throw new ServerError('InternalError', { message: 'no more' });
      yield { Stats: { Details: { BytesScanned: 4, BytesReturned: 4 } } };
      yield { End: {} };
    };
    const read = async (fails: boolean, cut = 0) => {
      const output = { Payload: events(fails) } as unknown;
      const { headers, body } = encodeOutput(
        'SelectObjectContent',
        output as OperationTypes['SelectObjectContent']['output'],
      );
      const chunks: Buffer[] = [];
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const response = answered(200, headers, bytes.subarray(0, bytes.length - cut));
      const { Payload } = await decodeOutput(SelectObjectContent, response, plainContext);
      const all: unknown[] = [];
      for await (const event of Payload as AsyncIterable<unknown>) all.push(event);
      return all;
    };
    expect(await read(false)).toEqual([
      { Records: { Payload: new Uint8Array(Buffer.from('a,b\n')) } },
      { Cont: {} },
      { Stats: { Details: { BytesScanned: 4, BytesReturned: 4 } } },
      { End: {} },
    ]);
    await expect(read(true)).rejects.toMatchObject({ code: 'InternalError', message: 'no more' });
    const end = 'End'.length + 44;
    for (let cut = 1; cut < 2 * end; cut++) {
      await expect(read(false, cut), `${cut} bytes less`).rejects.toMatchObject({
        code: 'MalformedResponse',
      });
    }
  });

  it('reads the first region as S3 says it: not at all', async () => {
    expect(await roundTrip('GetBucketLocation', { LocationConstraint: 'us-east-1' })).toEqual({});
    const answer = document('<LocationConstraint>eu-west-3</LocationConstraint>');
    expect(await decodeOutput(GetBucketLocation, answer, plainContext)).toEqual({
      LocationConstraint: 'eu-west-3',
    });
  });

  it('keeps metadata of any name, in its own object', async () => {
    const headers = ['x-amz-meta-__proto__', 'a', 'X-Amz-Meta-B', '=?UTF-8?B?w7Y=?='];
    const { Metadata } = await decodeOutput(HeadObject, answered(200, headers, ''), plainContext);
    expect(Object.entries(Metadata as object)).toEqual([
      ['__proto__', 'a'],
      ['b', 'ö'],
    ]);
  });

  it('leaves out what it cannot read and what it does not know', async () => {
    const headers = ['Content-Length', 'many', 'x-amz-new', 'thing', 'ETag', '"e"'];
    const output = await decodeOutput(HeadObject, answered(200, headers, ''), plainContext);
    expect(output).toEqual({ ETag: '"e"', Metadata: {} });
  });

  it('reads nothing of what has no output', async () => {
    expect(await decodeOutput(DeleteBucket, answered(204, [], ''), plainContext)).toEqual({});
  });
});

describe('an answer that says that all is well and is', () => {
  const refused = (operation: Operation, text: string) =>
    expect(decodeOutput(operation, document(text), plainContext)).rejects;

  it('an error document is that error', async () => {
    const text = '<Error><Code>InternalError</Code><Message>Later.</Message></Error>';
    for (const operation of [CopyObject, CompleteMultipartUpload, GetBucketLocation]) {
      await refused(operation, text).toMatchObject({
        code: 'InternalError',
        message: 'Later.',
        operation: operation.name,
        status: 200,
      });
    }
  });

  it.each([
    ['no document at all', ''],
    ['only spaces, which long operations begin with', '   \n'],
    ['a page of a proxy', '<html><body>Log in</body></html>'],
    ['a page of a proxy with a document type', '<!DOCTYPE html><html><body></body></html>'],
    ['text', 'OK'],
    ['a document that was cut off', '<CompleteMultipartUploadResult><ETag>"a"</ETag>'],
  ])('%s is MalformedResponse', async (_, text) => {
    await refused(CompleteMultipartUpload, text).toMatchObject({
      code: 'MalformedResponse',
      operation: 'CompleteMultipartUpload',
      status: 200,
    });
    await refused(ListObjects, text).toMatchObject({ code: 'MalformedResponse' });
  });

  it('a document under another name is read if anything in it is known', async () => {
    const output = await decodeOutput(
      GetBucketVersioning,
      document('<Versioning><Status>Enabled</Status></Versioning>'),
      plainContext,
    );
    expect(output).toEqual({ Status: 'Enabled' });
  });

  it('bytes that differ from their checksum are ChecksumMismatch, however they are read', async () => {
    const headers = ['x-amz-checksum-crc32', 'AAAAAA=='];
    const body = async (text: string, more: readonly string[] = []) => {
      const answer = answered(200, [...headers, ...more], text);
      return (await decodeOutput(GetObject, answer, plainContext)).Body as ObjectBody;
    };
    const mismatch = { code: 'ChecksumMismatch' };
    await expect((await body('x')).bytes()).rejects.toMatchObject(mismatch);
    await expect((await body('x')).text()).rejects.toMatchObject(mismatch);
    const iterated = (async () => {
      for await (const _ of await body('some more bytes'));
    })();
    await expect(iterated).rejects.toMatchObject(mismatch);
    expect(await (await body('')).text()).toBe('');
    // A checksum of the checksums of parts says nothing of the whole.
    const composite = await body('x', ['x-amz-checksum-type', 'COMPOSITE']);
    expect(await composite.text()).toBe('x');
  });
});

describe('errorOf', () => {
  const context = { requestId: 'r', hostId: 'h', resource: '/b/k', bucket: 'b', key: 'k' };

  it('reads what the server writes', () => {
    const { status, headers, body } = encodeError(
      new ServerError('NoSuchKey', { fields: { Extra: '<&>' } }),
      context,
    );
    const text = String(body);
    const error = errorOf(GetObject, answered(status, headers, text), text);
    expect(error).toMatchObject({
      code: 'NoSuchKey',
      status: 404,
      operation: 'GetObject',
      requestId: 'r',
      extendedRequestId: 'h',
      resource: '/b/k',
      fields: { Key: 'k', Extra: '<&>' },
    });
    expect(error.message).not.toBe('');
  });

  it.each([
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'HTTP502'],
    [503, '', 'ServiceUnavailable'],
    [404, '', 'NotFound'],
    [403, '<Error><Message>no code</Message></Error>', 'Forbidden'],
    [418, '{"error": "teapot"}', 'HTTP418'],
    [500, '<Error><Code>Cut', 'InternalError'],
  ])('names a %d without a document of S3 by its status', (status, text, code) => {
    const error = errorOf(GetObject, answered(status, ['x-amz-request-id', 'id'], text), text);
    expect(error).toMatchObject({ code, status, requestId: 'id' });
  });
});
