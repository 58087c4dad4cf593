/** Where a request goes: the server's origin, and whether the bucket stands in the host name or in the path. */
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import type { Origin } from './runtime.ts';
import { S3Error } from './s3-error.ts';

/** `auto`: in the path, but for AWS's own endpoints and names that can stand in a host. */
export type AddressingStyle = 'auto' | 'path' | 'virtual';

export interface Endpoint {
  readonly origin: Origin;
  /** Before all paths; empty or `/…` without a slash at its end. */
  readonly basePath: string;
  /** AWS itself: addresses follow from the region. */
  readonly isAws: boolean;
}

export interface Target {
  readonly origin: Origin;
  /** Percent-encoded. */
  readonly path: string;
  /** The bucket, where it is in the host name. */
  readonly hostBucket: string | undefined;
}

/** A label of a host name, without dots: certificates for `*.` end at the first. */
const hostLabel = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;
const dnsName = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])$/;

/** @throws S3Error InvalidInput for what is no URL of a server */
export function parseEndpoint(text: string | undefined, region: string): Endpoint {
  if (text === undefined) return awsEndpoint(region);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash !== '') {
    throw new S3Error('InvalidInput', `${text} is no endpoint such as https://s3.example.com`);
  }
  return {
    origin: originOf(url),
    basePath: url.pathname.replace(/\/+$/, ''),
    isAws: url.hostname.endsWith('.amazonaws.com'),
  };
}

export function awsEndpoint(region: string): Endpoint {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(`https://s3.${region}.${suffix}`);
  return { origin: originOf(url), basePath: '', isAws: true };
}

export const originOf = (url: URL): Origin => ({
  secure: url.protocol === 'https:',
  hostname: url.hostname.replace(/^\[|\]$/g, ''),
  port: url.port,
  host: url.host,
});

export function targetOf(
  { origin, basePath, isAws }: Endpoint,
  style: AddressingStyle,
  bucket: string | undefined,
  key: string | undefined,
): Target {
  const path = key === undefined ? '' : `/${encodeKey(key)}`;
  if (bucket === undefined) return { origin, path: `${basePath}/`, hostBucket: undefined };
  if (!isInHost(style, bucket, origin, isAws)) {
    return { origin, path: `${basePath}/${uriEncode(bucket)}${path}`, hostBucket: undefined };
  }
  const hostname = `${bucket}.${origin.hostname}`;
  const host = `${bucket}.${origin.host}`;
  return {
    origin: { ...origin, hostname, host },
    path: `${basePath}${path === '' ? '/' : path}`,
    hostBucket: bucket,
  };
}

export const urlOf = ({ origin, path }: Pick<Target, 'origin' | 'path'>): string =>
  `${origin.secure ? 'https' : 'http'}://${origin.host}${path}`;

function isInHost(
  style: AddressingStyle,
  bucket: string,
  { secure, hostname }: Origin,
  isAws: boolean,
): boolean {
  if (style === 'path') return false;
  if (style === 'virtual') return dnsName.test(bucket) && !isAddress(hostname);
  return isAws && (secure ? hostLabel : dnsName).test(bucket);
}

const isAddress = (hostname: string): boolean =>
  /^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.includes(':');

const plainKey = /^[A-Za-z0-9\-._~/]*$/;

/** The slashes of a key stay. */
const encodeKey = (key: string): string =>
  plainKey.test(key) ? key : key.split('/').map(uriEncode).join('/');
