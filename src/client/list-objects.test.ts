import { describe, expect, it } from 'vitest';
import { parseXml } from '../protocol/xml/parse.ts';
import { listObjects } from './list-objects.ts';

/** Answers in turn, the last one again and again; gives all keys. */
async function keysOf(...answers: readonly string[]): Promise<readonly string[]> {
  let asked = 0;
  const document = async () =>
    parseXml(Buffer.from(answers[Math.min(asked++, answers.length - 1)]!));
  const keys: string[] = [];
  for await (const page of listObjects({ document }, 'b')) {
    keys.push(...page.map(({ key }) => key));
    if (asked > 10) throw new Error('it goes on for ever');
  }
  return keys;
}
const pageOf = (key: string, more: string) =>
  `<ListBucketResult>${more}<Contents><Key>${key}</Key><Size>1</Size><ETag>e</ETag></Contents></ListBucketResult>`;
const truncated = (token: string) => `<IsTruncated>true</IsTruncated>${token}`;
const tokenOf = (text: string) => `<NextContinuationToken>${text}</NextContinuationToken>`;

describe('a list of a bucket', () => {
  it('has the keys of all pages', async () => {
    const first = pageOf('a', truncated(tokenOf('1')));
    expect(await keysOf(first, pageOf('b', ''))).toEqual(['a', 'b']);
  });

  it.each([
    ['has no token', pageOf('a', truncated(''))],
    ['has the same token again', pageOf('a', truncated(tokenOf('1')))],
    ['is something else', '<html></html>'],
  ])('whose page %s is an error, and neither its end nor without one', async (_, page) => {
    await expect(keysOf(page)).rejects.toThrow(/^UnusableList/);
  });

  it('decodes keys only where the server says that it has encoded them', async () => {
    const encoded = pageOf('a+b%2B', '<EncodingType>url</EncodingType>');
    expect(await keysOf(encoded)).toEqual(['a b+']);
    expect(await keysOf(pageOf('a+b%2B 100%', ''))).toEqual(['a+b%2B 100%']);
  });
});
