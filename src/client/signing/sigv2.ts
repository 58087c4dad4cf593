/**
 * Signature Version 2, for servers and clients that know no other.
 *
 * S3 User Guide, "Signing and authenticating REST requests". The string to sign is the server's own; subresources
 * that are younger than the version are left out of the header's, as botocore leaves them out, and part of a URL's,
 * whose holder must not put them there.
 */
import type { QueryPairs } from '../../protocol/request.ts';
import { signedPaths, stringToSignV2 } from '../../protocol/sigv2/string-to-sign.ts';
import { uriEncode } from '../../protocol/sigv4/percent-encoding.ts';
import type { Hashes } from '../runtime.ts';
import type { SignableRequest, Signer } from './signer.ts';

interface Signed {
  /** The `Date` line. */
  readonly date: string;
  /** Headers that are in the query of a presigned URL. */
  readonly hoistedHeaders: Readonly<Record<string, string>>;
  readonly withLateSubresources: boolean;
}

export function createSigV2(hashes: Hashes): Signer {
  const signature = (request: SignableRequest, secret: string, signed: Signed): string => {
    const { method, path, query, headers, hostBucket } = request;
    const text = stringToSignV2(
      { method, rawPath: path, rawQuery: '', query: pairsOf(query), headers },
      // As it is sent: servers that compare literally take nothing else.
      { ...signed, path: signedPaths(path, hostBucket).at(-1)! },
    );
    return hashes.hmacSha1Base64(secret, text);
  };

  return {
    sign(request, { credentials, now }) {
      const { headers } = request;
      // Not `Date`, which browsers don't let a page set; the Date line is empty then.
      headers['x-amz-date'] = new Date(now).toUTCString();
      if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;
      const signed = signature(request, credentials.secretAccessKey, {
        date: '',
        hoistedHeaders: {},
        withLateSubresources: false,
      });
      headers.authorization = `AWS ${credentials.accessKeyId}:${signed}`;
      return undefined;
    },

    presign(request, { credentials, now }, expiresSeconds) {
      const expires = String(Math.floor(now / 1000) + expiresSeconds);
      const query = [...request.query];
      if (credentials.sessionToken) {
        query.push(`x-amz-security-token=${uriEncode(credentials.sessionToken)}`);
      }
      const hoisted = pairsOf(query).filter(([name]) => name.startsWith('x-amz-'));
      const signed = signature({ ...request, query }, credentials.secretAccessKey, {
        date: expires,
        hoistedHeaders: Object.fromEntries(hoisted),
        withLateSubresources: true,
      });
      query.push(
        `AWSAccessKeyId=${uriEncode(credentials.accessKeyId)}`,
        `Signature=${uriEncode(signed)}`,
        `Expires=${expires}`,
      );
      return query.join('&');
    },

    policyFields({ credentials }) {
      return {
        AWSAccessKeyId: credentials.accessKeyId,
        ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
      };
    },

    signPolicy: (policy, { credentials }) => ({
      signature: hashes.hmacSha1Base64(credentials.secretAccessKey, policy),
    }),
  };
}

const pairsOf = (query: readonly string[]): QueryPairs =>
  query.map((pair) => {
    const at = pair.indexOf('=');
    return [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))];
  });
