/**
 * Where a website's rules send a request ("(Optional) Configuring a webpage redirect" in the S3 user guide).
 * Rules without an error code are asked before an object is looked for, the others once it has failed; the
 * first one whose condition holds is the one.
 */
import type { RoutingRule } from '../../model/types.gen.ts';
import type { WebsiteRecord } from './configuration.ts';

/** What of it is undefined stays as the request has it. */
export interface WebsiteRedirect {
  readonly status: number;
  readonly protocol: string | undefined;
  readonly hostName: string | undefined;
  readonly key: string;
  /** The query goes along. */
  readonly keepsQuery: boolean;
}

const movedPermanently = 301;

/** @param errorStatus undefined before the object is looked for */
export function websiteRedirect(
  { RedirectAllRequestsTo, RoutingRules }: WebsiteRecord,
  key: string,
  errorStatus: number | undefined,
): WebsiteRedirect | undefined {
  if (RedirectAllRequestsTo !== undefined) {
    const { HostName, Protocol } = RedirectAllRequestsTo;
    return {
      status: movedPermanently,
      protocol: Protocol,
      hostName: HostName,
      key,
      keepsQuery: true,
    };
  }
  const rule = RoutingRules?.find(({ Condition }) => {
    const code = Condition?.HttpErrorCodeReturnedEquals;
    const applies = code === undefined ? errorStatus === undefined : code === String(errorStatus);
    return applies && key.startsWith(Condition?.KeyPrefixEquals ?? '');
  });
  return rule && redirectOf(rule, key);
}

function redirectOf({ Condition, Redirect }: RoutingRule, key: string): WebsiteRedirect {
  const { HttpRedirectCode, HostName, Protocol, ReplaceKeyWith, ReplaceKeyPrefixWith } = Redirect;
  const prefix = Condition?.KeyPrefixEquals ?? '';
  const moved =
    ReplaceKeyPrefixWith === undefined ? key : ReplaceKeyPrefixWith + key.slice(prefix.length);
  return {
    status: HttpRedirectCode === undefined ? movedPermanently : Number(HttpRedirectCode),
    protocol: Protocol,
    hostName: HostName,
    key: ReplaceKeyWith ?? moved,
    keepsQuery: false,
  };
}
