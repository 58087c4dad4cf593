/** The few requests that most tests begin or end with. */
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

export function put(
  client: S3Client,
  Bucket: string,
  Key: string,
  Body: Buffer | string = Key,
  more: Partial<PutObjectCommandInput> = {},
): Promise<PutObjectCommandOutput> {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}

/** All keys, stored with their own names as content. */
export async function putAll(
  client: S3Client,
  Bucket: string,
  keys: readonly string[],
): Promise<void> {
  const queue = keys.values();
  const worker = async () => {
    for (const key of queue) await put(client, Bucket, key);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

export async function read(
  client: S3Client,
  Bucket: string,
  Key: string,
  more: Partial<GetObjectCommandInput> = {},
): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

export async function readText(client: S3Client, Bucket: string, Key: string): Promise<string> {
  return (await read(client, Bucket, Key)).toString('utf8');
}

export async function allKeys(client: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket })) {
    for (const object of page.Contents ?? []) keys.push(object.Key ?? '');
  }
  return keys;
}

/** Bytes that look random and are the same for the same seed. */
export function bytesOf(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < size; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state & 0xff;
  }
  return bytes;
}

/** Control characters that XML 1.0 has no way to say. */
export function isXmlText(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 && !'\t\n\r'.includes(character)) return false;
  }
  return true;
}

/** Keys that lists, paths and XML are known to get wrong. */
export const oddKeys: readonly string[] = [
  ' ',
  ' leading and trailing ',
  "!-_.*'()",
  '%',
  '%20',
  '%2F',
  '%zz',
  '&amp;<tag>"quoted"',
  '+plus+ +',
  '.',
  '..',
  '../up',
  './here',
  'a',
  'a/',
  'a//b',
  'a/./b',
  'a/../b',
  'a/b',
  'a/b/c',
  'carriage\rreturn',
  'control\u0001\u001f\u007f',
  'line\nfeed',
  'percent%41',
  'question?mark=1&x=2#hash',
  'semi;colon:comma,=@$',
  'tab\there',
  'umlaut-äöü-ß',
  'zażółć/gęślą',
  '日本語/キー',
  '😀/\u{1F468}\u200D\u{1F469}',
  '\\back\\slash',
  '//double',
];
