/** What a client is made of, and how its methods are typed. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { GetObject, type OperationName, operations, PutObject } from '../model/operations.gen.ts';
import { createClient, createClientOf, S3Error } from './index.ts';
import type { ObjectBody } from './object-body.ts';
import type { Pages } from './paginate.ts';
import type { RequestOptions, ResponseMetadata, SelectEvent } from './types.ts';

const settings = {
  endpoint: 'http://127.0.0.1:9',
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
};
const client = createClient(settings);

const methodName = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

describe('a client', () => {
  it('has a method for each operation, and a URL', () => {
    const names = (Object.keys(operations) as OperationName[]).map(methodName);
    expect(client).toMatchObject(
      Object.fromEntries(names.map((name) => [name, expect.any(Function)])),
    );
    expect(Object.keys(client.presign)).toEqual(names);
    expect(Object.keys(client.paginate)).toEqual(names.filter((name) => name.startsWith('list')));
  });

  it('of some operations has those', () => {
    const small = createClientOf([GetObject, PutObject], settings);
    expect(small).toMatchObject({ getObject: expect.any(Function), send: expect.any(Function) });
    expect(small).not.toHaveProperty('listObjects');
    expect(small).not.toHaveProperty('presign');
    expectTypeOf(small).toHaveProperty('putObject');
    expectTypeOf(small).not.toHaveProperty('listObjects');
  });

  it.each([
    { colour: 'red' },
    { signatureVersion: 'v4' },
    { addressingStyle: 'host' },
    { maxAttempts: 0 },
    { endpoint: 's3.example.com' },
    { endpoint: 'ftp://s3.example.com' },
    { requestChecksums: 'never' },
  ])('is not made with %o', (setting) => {
    expect(() => createClient({ ...settings, ...(setting as object) })).toThrow(
      expect.objectContaining({ code: 'InvalidInput' }),
    );
  });

  it('refuses what lacks before anything is sent', async () => {
    // @ts-expect-error: which object?
    await expect(client.getObject({ Bucket: 'b' })).rejects.toMatchObject({
      code: 'InvalidInput',
      operation: 'GetObject',
    });
    // @ts-expect-error: what is that?
    const odd = client.listBuckets({ Colour: 'red' });
    await expect(odd).rejects.toBeInstanceOf(S3Error);
  });
});

describe('methods', () => {
  it('take AWS’s inputs, left out where nothing has to be there', () => {
    type Put = Parameters<typeof client.putObject>[0];
    expectTypeOf<Put>().toMatchObjectType<{ readonly Bucket: string; readonly Key: string }>();
    type Body = NonNullable<Put['Body']>;
    expectTypeOf<string>().toExtend<Body>();
    expectTypeOf<Uint8Array>().toExtend<Body>();
    expectTypeOf<Blob>().toExtend<Body>();
    expectTypeOf<NodeJS.ReadableStream & AsyncIterable<Buffer>>().toExtend<Body>();
    expectTypeOf<ReadableStream<Uint8Array>>().toExtend<Body>();
    expectTypeOf<number>().not.toExtend<Body>();
    expectTypeOf<Put['ACL']>()
      .extract<string>()
      .toEqualTypeOf<
        | 'private'
        | 'public-read'
        | 'public-read-write'
        | 'authenticated-read'
        | 'aws-exec-read'
        | 'bucket-owner-read'
        | 'bucket-owner-full-control'
      >();
    expectTypeOf(client.listBuckets).toBeCallableWith();
    expectTypeOf(client.listBuckets).parameter(1).toEqualTypeOf<RequestOptions | undefined>();
    expectTypeOf(client.headBucket).parameter(0).not.toExtend<undefined>();
    type Annotation = Parameters<typeof client.putObjectAnnotation>[0]['AnnotationPayload'];
    expectTypeOf<string>().toExtend<Annotation>();
    expectTypeOf<undefined>().not.toExtend<Annotation>();
  });

  it('give AWS’s outputs, with what the answer says of itself', () => {
    type Got = Awaited<ReturnType<typeof client.getObject>>;
    expectTypeOf<Got['Body']>().toEqualTypeOf<ObjectBody>();
    expectTypeOf<Got['ContentLength']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Got['LastModified']>().toEqualTypeOf<Date | undefined>();
    expectTypeOf<Got['$metadata']>().toEqualTypeOf<ResponseMetadata>();
    type Nothing = Awaited<ReturnType<typeof client.deleteBucket>>;
    expectTypeOf<Nothing['$metadata']>().toEqualTypeOf<ResponseMetadata>();
    type Selected = Awaited<ReturnType<typeof client.selectObjectContent>>;
    expectTypeOf<Selected['Payload']>().toEqualTypeOf<AsyncIterable<SelectEvent>>();
    type Annotation = Awaited<ReturnType<typeof client.getObjectAnnotation>>;
    expectTypeOf<Annotation['AnnotationPayload']>().toEqualTypeOf<ObjectBody>();
  });

  it('of lists, URLs and waiters are typed as their operations are', () => {
    expectTypeOf(client.paginate.listBuckets).toBeCallableWith();
    expectTypeOf(client.paginate.listObjectsV2).returns.toEqualTypeOf<Pages<'ListObjectsV2'>>();
    expectTypeOf(client.paginate).not.toHaveProperty('getObject');
    expectTypeOf(client.presign.putObject).parameter(0).not.toHaveProperty('Body');
    expectTypeOf(client.presign.putObject).parameter(0).toHaveProperty('ContentType');
    expectTypeOf(client.presign.listBuckets).returns.toEqualTypeOf<Promise<string>>();
    expectTypeOf(client.waitUntil.objectExists).parameter(0).toHaveProperty('Key');
    expectTypeOf(client.send<'ListBuckets'>).returns.resolves.toHaveProperty('Buckets');
  });
});
