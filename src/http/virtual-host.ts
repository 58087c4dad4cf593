/**
 * Host and path → namespace, bucket and key ("Virtual hosting of general purpose buckets" in the S3 user
 * guide, with namespaces added).
 *
 * With base domain D: `D` is path style in no namespace of its own; `A.D` is namespace A if there is one,
 * else bucket A; `B.A.D` is bucket B of namespace A if there is one, else bucket `B.A`: bucket names may
 * hold dots, so the label next to D decides. IP addresses, unknown hosts and a missing one are path style.
 */

import { type Caller, defaultNamespace } from '../identity/identity.ts';
import { S3Error } from '../protocol/errors.ts';
import { decodePath } from '../protocol/query.ts';
import type { RequestTarget } from '../protocol/request.ts';

export interface VirtualHostRules {
  /** Lower case, without port and trailing dot. */
  readonly domains: readonly string[];
  hasNamespace(name: string): boolean;
}

interface HostMeaning {
  readonly namespace: string | undefined;
  readonly bucket: string | undefined;
}

const nothing: HostMeaning = { namespace: undefined, bucket: undefined };

/**
 * @param host the Host header as sent
 * @param rawPath still percent-encoded, starting with `/`
 * @throws S3Error InvalidURI for a path that isn't percent-encoded UTF-8
 */
export function requestTarget(
  host: string | undefined,
  rawPath: string,
  rules: VirtualHostRules,
): RequestTarget {
  const { namespace, bucket } = host === undefined ? nothing : hostMeaning(host, rules);
  if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI', { fields: { URI: rawPath } });
  if (bucket !== undefined) {
    return { namespace, bucket, key: keyOf(rawPath, 1), bucketInHost: true };
  }
  if (rawPath.length === 1) {
    return { namespace, bucket: undefined, key: undefined, bucketInHost: false };
  }
  const slash = rawPath.indexOf('/', 1);
  const end = slash < 0 ? rawPath.length : slash;
  return {
    namespace,
    bucket: decodePath(rawPath.slice(1, end)),
    key: slash < 0 ? undefined : keyOf(rawPath, slash + 1),
    bucketInHost: false,
  };
}

/** Everything from there on, exactly; nothing at all is no key. */
function keyOf(rawPath: string, from: number): string | undefined {
  return rawPath.length > from ? decodePath(rawPath.slice(from)) : undefined;
}

function hostMeaning(hostHeader: string, rules: VirtualHostRules): HostMeaning {
  const { domains } = rules;
  if (domains.length === 0) return nothing;
  const host = hostName(hostHeader);
  let labels: string | undefined;
  for (const domain of domains) {
    if (host === domain) return nothing;
    const cut = host.length - domain.length - 1;
    if (cut <= 0 || host.charCodeAt(cut) !== dot || !host.endsWith(domain)) continue;
    // Of two base domains that both fit, the longer one is meant.
    if (labels === undefined || cut < labels.length) labels = host.slice(0, cut);
  }
  if (labels === undefined) return nothing;
  const last = labels.lastIndexOf('.');
  const next = labels.slice(last + 1);
  if (!rules.hasNamespace(next)) return { namespace: undefined, bucket: labels };
  return { namespace: next, bucket: last < 0 ? undefined : labels.slice(0, last) };
}

const dot = 0x2e;
const port = /^:\d*$/;

/** Without port and trailing dot, in lower case. An IPv6 literal keeps its brackets: no domain has any. */
export function hostName(hostHeader: string): string {
  let end = hostHeader.length;
  const colon = hostHeader.lastIndexOf(':');
  if (colon >= 0 && port.test(hostHeader.slice(colon))) end = colon;
  if (end > 0 && hostHeader.charCodeAt(end - 1) === dot) end--;
  return hostHeader.slice(0, end).toLowerCase();
}

/**
 * The namespace that a request acts in: its host's, else its key's, else the default one.
 * @param caller undefined where nobody found out
 */
export function namespaceOf(target: RequestTarget, caller: Caller | undefined): string {
  if (target.namespace !== undefined) return target.namespace;
  return caller?.kind === 'account' ? caller.account.namespace : defaultNamespace;
}
