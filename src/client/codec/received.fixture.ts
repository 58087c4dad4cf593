/** Requests of the client as the server's listener hands them on, for tests of both ends together. */
import { requestTarget, type VirtualHostRules } from '../../http/virtual-host.ts';
import { parseQuery } from '../../protocol/query.ts';
import type { RequestTarget, WireRequest } from '../../protocol/request.ts';
import { type AddressingStyle, parseEndpoint, type Target, targetOf } from '../endpoint.ts';

const domain = 's3.test';
const rules: VirtualHostRules = { domains: [domain], hasNamespace: () => false };

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Lower-case names, `host` among them. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReceivedRequest {
  readonly request: WireRequest;
  readonly target: RequestTarget;
}

export const testTarget = (
  style: AddressingStyle,
  bucket: string | undefined,
  key: string | undefined,
): Target => targetOf(parseEndpoint(`http://${domain}:9000`, 'us-east-1'), style, bucket, key);

/** Parsers of HTTP take white space around values away. */
export function received({ method, path, query, headers }: SentRequest): ReceivedRequest {
  const parsed: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    parsed[name] = value.replaceAll(/^[ \t]+|[ \t]+$/g, '');
  }
  return {
    request: {
      method,
      rawPath: path,
      rawQuery: query,
      query: parseQuery(query),
      headers: parsed,
    },
    target: requestTarget(headers.host, path, rules),
  };
}
