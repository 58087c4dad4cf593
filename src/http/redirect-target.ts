/** Where a request that came over plain HTTP should have gone. */

const httpPort = 80;
const httpsPort = 443;

export interface RedirectPorts {
  /** The port that answers plain requests. */
  readonly plain: number;
  /** The port that speaks TLS. */
  readonly secure: number;
}

export interface RedirectTarget {
  /** `s3.example.com`, with a port unless it is 443. */
  readonly authority: string;
  /** `https://s3.example.com/bucket/key?versionId=1` */
  readonly url: string;
}

/**
 * Undefined for a Host header that is no host name or address.
 *
 * A client that names our own plain port sees the ports as they are. Another number means that something in
 * front, such as a container's port mapping, stands for other ports: then 80 goes with 443.
 *
 * @param host as in the Host header
 * @param target path and query as sent
 */
export function redirectTarget(
  host: string,
  target: string,
  ports: RedirectPorts,
): RedirectTarget | undefined {
  const [, name, port] = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(host) ?? [];
  if (name === undefined) return undefined;
  const asked = port === undefined ? httpPort : Number(port);
  const isMapped = asked !== ports.plain && asked === httpPort;
  const secure = isMapped ? httpsPort : ports.secure;
  const authority = secure === httpsPort ? name : `${name}:${secure}`;
  return { authority, url: `https://${authority}${target}` };
}
