/**
 * A bucket's website configuration as it is kept, and what S3 takes into one ("PutBucketWebsite" in the API
 * reference).
 */
import type { Redirect, RoutingRule, WebsiteConfiguration } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';

/** Name of the configuration subresource. */
export const websiteConfig = 'website';

/** As configured, in S3's words. */
export type WebsiteRecord = WebsiteConfiguration;

export const maxRoutingRules = 50;

/** @throws S3Error InvalidArgument, InvalidRequest, MalformedXML */
export function websiteRecordOf(configuration: WebsiteConfiguration): WebsiteRecord {
  const { RedirectAllRequestsTo, IndexDocument, ErrorDocument, RoutingRules } = configuration;
  if (RedirectAllRequestsTo !== undefined) {
    if (IndexDocument ?? ErrorDocument ?? RoutingRules) {
      throw invalid(
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
      );
    }
    assertHostName(RedirectAllRequestsTo.HostName);
    return { RedirectAllRequestsTo };
  }
  assertSuffix(IndexDocument?.Suffix);
  if (ErrorDocument?.Key === '') {
    throw argument('The ErrorDocument Key is not well formed', 'ErrorDocument', '');
  }
  if (RoutingRules !== undefined) assertRules(RoutingRules);
  return configuration;
}

function assertSuffix(suffix: string | undefined): void {
  if (suffix === undefined) {
    throw argument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    );
  }
  if (suffix === '' || suffix.includes('/')) {
    throw argument('The IndexDocument Suffix is not well formed', 'IndexDocument', suffix);
  }
}

function assertRules(rules: readonly RoutingRule[]): void {
  if (rules.length > maxRoutingRules) {
    throw invalid(
      `${rules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${maxRoutingRules}.`,
    );
  }
  for (const { Condition, Redirect } of rules) {
    if (Condition !== undefined) {
      const { HttpErrorCodeReturnedEquals: code, KeyPrefixEquals } = Condition;
      if (code === undefined && KeyPrefixEquals === undefined) {
        throw invalid(
          "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
        );
      }
      if (code !== undefined && !/^[45]\d\d$/.test(code)) {
        throw invalid(
          `The provided HTTP error code (${code}) is not valid. Valid codes are 4XX or 5XX.`,
        );
      }
    }
    assertRedirect(Redirect);
  }
}

function assertRedirect(redirect: Redirect): void {
  const { HostName, HttpRedirectCode: code, ReplaceKeyPrefixWith, ReplaceKeyWith } = redirect;
  if (Object.keys(redirect).length === 0) throw new S3Error('MalformedXML');
  if (ReplaceKeyPrefixWith !== undefined && ReplaceKeyWith !== undefined) {
    throw invalid('You can only define ReplaceKeyPrefix or ReplaceKey but not both.');
  }
  if (code !== undefined && (!/^3\d\d$/.test(code) || code === '300')) {
    throw invalid(
      `The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`,
    );
  }
  if (HostName !== undefined) assertHostName(HostName);
}

/** What stands between `://` and the path of a URL; some name a path with it. */
function assertHostName(name: string): void {
  if (!/^[!-~]{1,1024}$/.test(name))
    throw argument('The HostName is not well formed', 'HostName', name);
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}

function argument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}
