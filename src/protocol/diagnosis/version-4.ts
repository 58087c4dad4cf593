/** What may have been otherwise when a request was signed with Signature Version 4. */
import type { WireRequest } from '../request.ts';
import { canonicalRequest } from '../sigv4/canonical-request.ts';
import { algorithm, type SigV4Claim } from '../sigv4/claim.ts';
import { deriveSigningKey, sameSignature, sha256Hex, signText } from '../sigv4/signing-key.ts';
import type { DiagnosisContext, Variant } from './diagnosis.ts';
import {
  changed,
  headerVariants,
  hostsOf,
  methodVariants,
  pathVariants,
  type RequestChange,
  withHeader,
} from './request-variants.ts';

export interface ChangeV4 extends RequestChange {
  readonly region?: string;
  readonly service?: string;
  readonly payloadHash?: string;
}

export function holdsV4(
  claim: SigV4Claim,
  request: WireRequest,
  change: ChangeV4 | undefined,
  secret: string,
): boolean {
  const {
    region = claim.region,
    service = claim.service,
    payloadHash = claim.payloadHash,
  } = change ?? {};
  const canonical = canonicalRequest(changed(request, change), claim.signedHeaders, payloadHash);
  // The scope in the text is the one that the client names; a wrong one is in the key, or in both.
  return [`${region}/${service}`, `${claim.region}/${claim.service}`].some((named) => {
    const text = `${algorithm}\n${claim.amzDate}\n${claim.scopeDate}/${named}/aws4_request\n${sha256Hex(canonical)}`;
    const key = deriveSigningKey(secret, claim.scopeDate, region, service);
    return sameSignature(signText(key, text), claim.signature);
  });
}

const services = ['s3', 'iam', 'sts', 's3express', 'execute-api', 'es'];
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Most query parameters that are left out one by one. */
const maxParametersTried = 32;

export function* variantsV4(
  claim: SigV4Claim,
  request: WireRequest,
  context: DiagnosisContext,
): Iterable<Variant<ChangeV4>> {
  for (const region of new Set([
    context.region,
    'us-east-1',
    'auto',
    'us-west-2',
    'eu-central-1',
  ])) {
    if (region === claim.region) continue;
    const says = `the signing key was made for region ${region}, and the credential names ${claim.region}`;
    yield { cause: 'region', says, change: { region } };
  }
  for (const service of services) {
    if (service === claim.service) continue;
    const says = `the signing key was made for service ${service}, and the credential names ${claim.service}`;
    yield { cause: 'service', says, change: { service } };
  }
  yield* hostVariants(request, context);
  yield* pathVariants(request);
  yield* queryVariants(request);
  yield* methodVariants(request);
  yield* headerVariants(request, claim.signedHeaders);
  for (const payloadHash of ['UNSIGNED-PAYLOAD', emptySha256]) {
    if (payloadHash === claim.payloadHash) continue;
    const says = `the payload was signed as ${payloadHash}, and x-amz-content-sha256 says ${claim.payloadHash}`;
    const headers = withHeader(request, 'x-amz-content-sha256', payloadHash);
    yield { cause: 'payload-hash', says, change: { payloadHash } };
    yield { cause: 'payload-hash', says, change: { ...headers, payloadHash } };
  }
}

function* hostVariants(
  request: WireRequest,
  context: DiagnosisContext,
): Iterable<Variant<ChangeV4>> {
  const came = JSON.stringify(request.headers.host ?? '');
  for (const { host, cause, from } of hostsOf(request, context)) {
    const says = `it was signed for Host ${JSON.stringify(host)}, ${from}, and came with Host ${came}`;
    const change = withHeader(request, 'host', host);
    yield { cause, says, change };
    for (const rawPath of otherStyle(request, context)) {
      const style = rawPath.length < request.rawPath.length ? 'virtual-host' : 'path';
      yield {
        cause: 'host-style',
        says: `it was signed in ${style} style, for Host ${JSON.stringify(host)} and path ${rawPath}, and came with Host ${came} and path ${request.rawPath}`,
        change: { ...change, rawPath },
      };
    }
  }
  for (const rawPath of otherStyle(request, context)) {
    const says = `it was signed for path ${rawPath}, and came as ${request.rawPath}: host style and path style differ`;
    yield { cause: 'host-style', says, change: { rawPath } };
  }
}

/** The path where the bucket is in the host, or the other way round. */
function otherStyle(
  { rawPath }: WireRequest,
  { bucket, bucketInHost }: DiagnosisContext,
): readonly string[] {
  if (bucket === undefined) return [];
  if (bucketInHost) return [`/${bucket}${rawPath}`];
  const slash = rawPath.indexOf('/', 1);
  return [slash < 0 ? '/' : rawPath.slice(slash)];
}

function* queryVariants({ rawQuery }: WireRequest): Iterable<Variant<ChangeV4>> {
  if (rawQuery === '') return;
  const pluses = rawQuery.replaceAll('+', '%2B');
  if (pluses !== rawQuery) {
    const says = 'a + in the query was signed as itself, and means a space';
    yield { cause: 'query-encoding', says, change: { rawQuery: pluses } };
  }
  const doubled = rawQuery.replaceAll('%', '%25');
  if (doubled !== rawQuery) {
    const says = 'the query was percent-encoded twice when it was signed';
    yield { cause: 'query-encoding', says, change: { rawQuery: doubled } };
  }
  const pairs = rawQuery.split('&');
  for (const [at, pair] of pairs.slice(0, maxParametersTried).entries()) {
    const name = pair.split('=')[0]!;
    if (/^x-amz-(algorithm|credential|date|signedheaders|signature)$/i.test(name)) continue;
    const rest = pairs.filter((_, other) => other !== at).join('&');
    const says = `query parameter ${name} was not signed: something added it`;
    yield { cause: `query-added ${name}`, says, change: { rawQuery: rest } };
  }
  yield { cause: 'query-added', says: 'it was signed without a query', change: { rawQuery: '' } };
}
