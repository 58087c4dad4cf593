/** Changes of host, path, method and headers that happen between a client and a server, whichever way it signs. */
import type { WireHeaders, WireRequest } from '../request.ts';
import type { DiagnosisContext, Variant } from './diagnosis.ts';

/** The parts of a request that were others when it was signed. */
export interface RequestChange {
  readonly method?: string;
  readonly rawPath?: string;
  readonly rawQuery?: string;
  readonly headers?: WireHeaders;
}

type RequestVariant = Variant<RequestChange>;

export const changed = (request: WireRequest, change: RequestChange | undefined): WireRequest =>
  change === undefined ? request : { ...request, ...change };

export const withHeader = (
  { headers }: WireRequest,
  name: string,
  value: string | undefined,
): RequestChange => ({ headers: Object.assign(Object.create(null), headers, { [name]: value }) });

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'];

export function* methodVariants({ method }: WireRequest): Iterable<RequestVariant> {
  for (const other of methods) {
    if (other === method) continue;
    const says = `it was signed for the method ${other}, and came as ${method}`;
    yield { cause: 'method', says, change: { method: other } };
  }
}

const usualPorts = [80, 443, 9000];
const hostHeaders = ['x-forwarded-host', 'x-original-host'];

/** Names of the host that a client may have used, in words. */
export function hostsOf(
  { headers }: WireRequest,
  { domains, ports, bucket, bucketInHost }: DiagnosisContext,
): readonly { readonly host: string; readonly cause: string; readonly from: string }[] {
  const { host = '' } = headers;
  const name = host.replace(/:\d*$/, '');
  const found: { host: string; cause: string; from: string }[] = [];
  const add = (other: string, cause: string, from: string) => {
    if (other !== host && other !== '' && !found.some((one) => one.host === other)) {
      found.push({ host: other, cause, from });
    }
  };
  add(name, 'host-port', 'without the port');
  for (const port of new Set([...usualPorts, ...ports])) {
    add(`${name}:${port}`, 'host-port', `with port ${port}`);
  }
  for (const header of hostHeaders) {
    const first = headers[header]?.split(',')[0]?.trim() ?? '';
    add(first, 'forwarded-host', `which ${header} still tells`);
    const port = headers['x-forwarded-port'];
    if (first !== '' && port)
      add(`${first}:${port}`, 'forwarded-host', `which ${header} still tells`);
  }
  add(host.toLowerCase(), 'host-case', 'in lower case');
  if (bucket !== undefined && !bucketInHost) {
    add(`${bucket}.${host}`, 'host-style', 'with the bucket in it');
  }
  for (const domain of domains) {
    const port = host.slice(name.length);
    add(`${domain}${port}`, 'host-name', 'a base domain of the server');
    add(domain, 'host-name', 'a base domain of the server');
    if (bucket !== undefined) {
      add(`${bucket}.${domain}${port}`, 'host-style', 'with the bucket in it');
    }
  }
  for (const local of ['localhost', '127.0.0.1']) {
    add(`${local}${host.slice(name.length)}`, 'host-name', 'a name of the machine itself');
  }
  return found;
}

const urlHeaders = ['x-original-uri', 'x-original-url', 'x-rewrite-url', 'x-forwarded-uri'];

/** Paths that a client may have signed. */
export function* pathVariants({ rawPath, headers }: WireRequest): Iterable<RequestVariant> {
  const seen = new Set([rawPath]);
  const path = function* (other: string, cause: string, says: string): Iterable<RequestVariant> {
    if (seen.has(other)) return;
    seen.add(other);
    yield { cause, says, change: { rawPath: other } };
  };
  for (const header of urlHeaders) {
    const original = headers[header]?.split('?')[0];
    if (original?.startsWith('/')) {
      yield* path(
        original,
        'path-rewritten',
        `a proxy has changed the path; ${header} tells what was signed`,
      );
    }
  }
  const prefix = headers['x-forwarded-prefix']?.replace(/\/$/, '');
  if (prefix?.startsWith('/')) {
    yield* path(
      prefix + rawPath,
      'path-rewritten',
      'a proxy has taken a prefix off the path (x-forwarded-prefix)',
    );
  }
  yield* path(
    rawPath.replaceAll('%', '%25'),
    'path-encoding',
    'the path was percent-encoded twice when it was signed, as for services other than S3',
  );
  yield* path(
    normalised(rawPath),
    'path-normalised',
    'it was signed with a normalised path: //, /./ and /../ are part of keys and stay',
  );
  yield* path(
    rawPath.replaceAll('%20', '%2B'),
    'path-encoding',
    'a + in the path was turned into a space',
  );
  yield* path(
    rawPath.replaceAll(/%2b|\+/gi, '%20'),
    'path-encoding',
    'a space in the path was turned into a +',
  );
  const slash = rawPath.indexOf('/', 1);
  if (slash > 0) {
    const key = rawPath.slice(slash + 1);
    const encoded = rawPath.slice(0, slash + 1) + key.replaceAll('/', '%2F');
    yield* path(
      encoded,
      'path-encoding',
      'slashes in the key were signed as %2F, and came as slashes',
    );
  }
  yield* path(
    rawPath.replaceAll(/%2f/gi, '/'),
    'path-encoding',
    'slashes in the key were signed as they are, and came as %2F',
  );
  yield* path(`${rawPath}/`, 'path-slash', 'it was signed with a slash at the end of the path');
  if (rawPath.length > 1 && rawPath.endsWith('/')) {
    yield* path(
      rawPath.slice(0, -1),
      'path-slash',
      'it was signed without the slash at the end of the path',
    );
  }
}

function normalised(rawPath: string): string {
  const kept: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${/(\/|\/\.\.?)$/.test(rawPath) && kept.length > 0 ? '/' : ''}`;
}

/** What clients send where they send it at all. */
const likelyValues: Readonly<Record<string, readonly string[]>> = {
  __proto__: null as never,
  'accept-encoding': [
    'identity',
    'gzip',
    'gzip, deflate',
    'gzip, deflate, br',
    'gzip,deflate',
    'gzip, br',
  ],
  connection: ['keep-alive', 'Keep-Alive', 'close'],
  'content-length': ['0'],
  'content-type': [
    'application/octet-stream',
    'binary/octet-stream',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
    'application/xml',
    'text/plain',
    'text/plain; charset=utf-8',
    'application/json',
  ],
  expect: ['100-continue'],
  te: ['trailers'],
  'transfer-encoding': ['chunked'],
};

/** Most headers that guesses are made at. */
const maxHeadersTried = 64;

/** @param names of the headers that are signed, in lower case */
export function* headerVariants(
  request: WireRequest,
  names: readonly string[],
): Iterable<RequestVariant> {
  for (const name of names.slice(0, maxHeadersTried)) {
    if (name === 'host') continue;
    const came = request.headers[name];
    if (came !== undefined) {
      const says = `header ${name} was not there, or empty, when it was signed: something added it on the way`;
      yield { cause: `header-added ${name}`, says, change: withHeader(request, name, undefined) };
    }
    const guesses = [...(likelyValues[name] ?? []), ...sameKind(came)];
    for (const value of guesses) {
      if (value === came) continue;
      const how = came === undefined ? 'is gone' : `came as ${JSON.stringify(came)}`;
      const says = `header ${name} was signed as ${JSON.stringify(value)} and ${how}: something changed it on the way`;
      const cause = `header-${came === undefined ? 'removed' : 'changed'} ${name}`;
      yield { cause, says, change: withHeader(request, name, value) };
    }
  }
}

/** Values that a proxy makes the one that came of. */
function sameKind(came: string | undefined): readonly string[] {
  if (came === undefined) return [];
  const plain = came.split(';')[0]!.trim();
  return [
    plain,
    `${plain};charset=utf-8`,
    `${plain}; charset=utf-8`,
    `${plain}; charset=UTF-8`,
    came.toLowerCase(),
  ];
}
