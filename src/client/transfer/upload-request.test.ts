import { expect, test } from 'vitest';
import {
  CompleteMultipartUpload,
  CreateMultipartUpload,
  PutObject,
  UploadPart,
} from '../../model/operations.gen.ts';
import type { Sender } from '../sender.ts';
import { isUploadMember, membersFor, requestOf, type UploadInput } from './upload-request.ts';

const sender = { config: { requestChecksums: 'whenSupported' } } as unknown as Sender;
const request = (input: object) =>
  requestOf(sender, { Bucket: 'b', Key: 'k', Body: '', ...input } as UploadInput, {
    concurrency: 1,
    signal: undefined,
  });
const namesOf = ({ members }: { readonly members: readonly { readonly name: string }[] }) =>
  members.map(({ name }) => name);

test('every member that an upload takes has its effect in one request and in parts', () => {
  const inParts = new Set(
    [CreateMultipartUpload, UploadPart, CompleteMultipartUpload].flatMap(({ input }) =>
      namesOf(input),
    ),
  );
  const taken = namesOf(PutObject.input).filter(isUploadMember);
  expect(taken.filter((name) => !inParts.has(name))).toEqual([]);
});

test('each request has the members that are its own', () => {
  const given = request({ ContentType: 'a/b', IfNoneMatch: '*', SSECustomerKey: 'secret' });
  const always = { Bucket: 'b', Key: 'k', SSECustomerKey: 'secret' };
  expect(membersFor(given, CreateMultipartUpload)).toEqual({ ...always, ContentType: 'a/b' });
  expect(membersFor(given, UploadPart)).toEqual(always);
  expect(membersFor(given, CompleteMultipartUpload)).toEqual({ ...always, IfNoneMatch: '*' });
});

test.each(['ContentMD5', 'ChecksumCRC32', 'WriteOffsetBytes', 'Colour'])(
  '%s is refused',
  (name) => {
    expect(() => request({ [name]: 'x' })).toThrow(`there is no ${name}`);
  },
);

test('what is sent has a checksum, unless the client is told to leave it', () => {
  expect(request({}).algorithm).toBe('CRC32');
  expect(request({ ChecksumAlgorithm: 'SHA256' }).algorithm).toBe('SHA256');
  const old = { config: { requestChecksums: 'whenRequired' } } as unknown as Sender;
  const input = { Bucket: 'b', Key: 'k', Body: '' };
  expect(requestOf(old, input, { concurrency: 1, signal: undefined }).algorithm).toBeUndefined();
});
