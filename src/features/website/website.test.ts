import { describe, expect, it } from 'vitest';
import type { Redirect, WebsiteConfiguration } from '../../model/types.gen.ts';
import { maxRoutingRules, websiteRecordOf } from './configuration.ts';
import { websiteRedirect } from './routing.ts';

const index = { IndexDocument: { Suffix: 'index.html' } };
const rule = { Redirect: { HostName: 'example.com' } };

describe('a website configuration', () => {
  it.each<readonly [string, WebsiteConfiguration, string]>([
    ['neither an index nor a redirection', {}, 'InvalidArgument'],
    ['an empty suffix', { IndexDocument: { Suffix: '' } }, 'InvalidArgument'],
    ['a suffix with a slash', { IndexDocument: { Suffix: 'a/b' } }, 'InvalidArgument'],
    ['an empty error document', { ...index, ErrorDocument: { Key: '' } }, 'InvalidArgument'],
    [
      'an index and a redirection of everything',
      { ...index, RedirectAllRequestsTo: { HostName: 'example.com' } },
      'InvalidRequest',
    ],
    [
      'a host name with a line break',
      { RedirectAllRequestsTo: { HostName: 'a\r\nb' } },
      'InvalidArgument',
    ],
    [
      'too many rules',
      { ...index, RoutingRules: Array.from({ length: maxRoutingRules + 1 }, () => rule) },
      'InvalidRequest',
    ],
    [
      'an empty condition',
      { ...index, RoutingRules: [{ ...rule, Condition: {} }] },
      'InvalidRequest',
    ],
    [
      'an error code that is none',
      { ...index, RoutingRules: [{ ...rule, Condition: { HttpErrorCodeReturnedEquals: '302' } }] },
      'InvalidRequest',
    ],
    [
      'a redirect code that is none',
      { ...index, RoutingRules: [{ Redirect: { HttpRedirectCode: '300' } }] },
      'InvalidRequest',
    ],
    [
      'two replacements of one key',
      {
        ...index,
        RoutingRules: [{ Redirect: { ReplaceKeyWith: 'a', ReplaceKeyPrefixWith: 'b' } }],
      },
      'InvalidRequest',
    ],
    ['an empty redirection', { ...index, RoutingRules: [{ Redirect: {} }] }, 'MalformedXML'],
  ])('with %s is refused', (_, configuration, code) => {
    expect(() => websiteRecordOf(configuration)).toThrow(expect.objectContaining({ code }));
  });
});

describe('routing rules', () => {
  const go = (Redirect: Redirect, key: string, prefix?: string) =>
    websiteRedirect(
      {
        ...index,
        RoutingRules: [
          prefix === undefined
            ? { Redirect }
            : { Redirect, Condition: { KeyPrefixEquals: prefix } },
        ],
      },
      key,
      undefined,
    );

  it('replace the prefix that they ask for, the whole key, or nothing', () => {
    expect(go({ ReplaceKeyPrefixWith: 'new/' }, 'old/a', 'old/')?.key).toBe('new/a');
    expect(go({ ReplaceKeyPrefixWith: 'new/' }, 'a')?.key).toBe('new/a');
    expect(go({ ReplaceKeyWith: 'all' }, 'old/a', 'old/')?.key).toBe('all');
    expect(go({ HostName: 'h' }, 'old/a', 'old/')).toMatchObject({ key: 'old/a', status: 301 });
    expect(go({ HostName: 'h' }, 'other', 'old/')).toBeUndefined();
  });

  it('with an error code wait for that error, those without come before', () => {
    const record = {
      ...index,
      RoutingRules: [
        { Condition: { HttpErrorCodeReturnedEquals: '404' }, Redirect: { ReplaceKeyWith: 'lost' } },
        { Condition: { KeyPrefixEquals: 'a' }, Redirect: { ReplaceKeyWith: 'found' } },
      ],
    };
    expect(websiteRedirect(record, 'a', undefined)?.key).toBe('found');
    expect(websiteRedirect(record, 'a', 404)?.key).toBe('lost');
    expect(websiteRedirect(record, 'b', undefined)).toBeUndefined();
    expect(websiteRedirect(record, 'b', 403)).toBeUndefined();
  });
});
