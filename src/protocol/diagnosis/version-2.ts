/** What may have been otherwise when a request was signed with Signature Version 2. */
import type { WireRequest } from '../request.ts';
import type { SigV2Claim } from '../sigv2/claim.ts';
import { signedPaths, stringToSignV2 } from '../sigv2/string-to-sign.ts';
import { signV2 } from '../sigv2/verify.ts';
import { sameSignature } from '../sigv4/signing-key.ts';
import type { DiagnosisContext, Variant } from './diagnosis.ts';
import {
  changed,
  headerVariants,
  methodVariants,
  pathVariants,
  type RequestChange,
} from './request-variants.ts';

export interface ChangeV2 extends RequestChange {
  /** What is signed as the resource's path. */
  readonly resource?: string;
}

export function holdsV2(
  claim: SigV2Claim,
  request: WireRequest,
  change: ChangeV2 | undefined,
  secret: string,
): boolean {
  const { hoistedHeaders, presigned, expires, signature } = claim;
  const then = changed(request, change);
  const dated = then.headers['x-amz-date'] === undefined ? (then.headers.date ?? '') : '';
  const date = presigned ? (expires ?? '') : dated;
  const paths =
    change?.resource === undefined ? signedPaths(then.rawPath, undefined) : [change.resource];
  return paths.some((path) =>
    [true, false].some((withLateSubresources) => {
      const text = stringToSignV2(then, { date, hoistedHeaders, path, withLateSubresources });
      return sameSignature(signV2(secret, text), signature);
    }),
  );
}

export function* variantsV2(
  claim: SigV2Claim,
  request: WireRequest,
  { bucket, bucketInHost }: DiagnosisContext,
): Iterable<Variant<ChangeV2>> {
  const style = { cause: 'host-style' };
  const resource = bucketInHost && bucket !== undefined ? `/${bucket}` : '';
  if (bucket !== undefined) {
    const signed = bucketInHost ? request.rawPath : request.rawPath.slice(bucket.length + 1) || '/';
    const says = bucketInHost
      ? 'the bucket in the host name was left out of what was signed'
      : 'it was signed in virtual-host style without the bucket, and came in path style';
    yield { ...style, says, change: { resource: signed } };
    yield {
      ...style,
      says: 'the bucket stands twice in what was signed: in the host name and in the path',
      change: { resource: `/${bucket}${resource}${request.rawPath}` },
    };
  }
  const here = <T extends RequestChange>(change: T): ChangeV2 => ({
    ...change,
    resource: resource + (change.rawPath ?? request.rawPath),
  });
  for (const variant of pathVariants(request)) {
    yield { ...variant, change: here(variant.change) };
  }
  for (const variant of methodVariants(request)) {
    yield { ...variant, change: here(variant.change) };
  }
  const signedNames = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'));
  const names = [
    'content-type',
    'content-md5',
    ...(claim.presigned ? [] : ['date']),
    ...signedNames,
  ];
  for (const variant of headerVariants(request, names)) {
    yield { ...variant, change: here(variant.change) };
  }
}
