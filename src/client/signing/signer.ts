/** What a signature version does: signs requests, makes presigned URLs, signs the policy of a browser's form. */
import type { Credentials } from '../credentials/credentials.ts';

/** A request as it is going to be sent. */
export interface SignableRequest {
  readonly method: string;
  /** The bucket, where it is in the host name: Version 2 signs it as if it were in the path. */
  readonly hostBucket: string | undefined;
  /** Percent-encoded. */
  readonly path: string;
  /** Encoded pairs, `name=value`. */
  readonly query: readonly string[];
  /** Lower-case names, `host` among them. */
  readonly headers: Record<string, string>;
}

export interface SigningScope {
  readonly credentials: Credentials;
  readonly region: string;
  /** ms since the epoch, as the server counts them. */
  readonly now: number;
}

/** What a signed request continues with where each chunk of its body is signed. */
export interface ChunkSigner {
  /** Signature of the next chunk. */
  sign(chunk: Uint8Array): string;
  /** Of the trailing headers, `name:value\n` each. */
  signTrailer(canonical: string): string;
}

export interface Signer {
  /**
   * Adds the headers of the signature.
   * @param payload SHA-256 of the body in hex, or one of AWS's words; Version 2 has no use for it
   * @returns for `STREAMING-AWS4-…` what signs the chunks
   */
  sign(request: SignableRequest, scope: SigningScope, payload: string): ChunkSigner | undefined;
  /**
   * The whole query string. `x-amz-*` headers may be in the query of the request; those that are not, and all other
   * headers that it has, are sent by who opens the URL.
   */
  presign(request: SignableRequest, scope: SigningScope, expiresSeconds: number): string;
  /** Fields of a form that go with a policy. */
  policyFields(scope: SigningScope): Readonly<Record<string, string>>;
  /** The fields that hold the signature of a policy in base64. */
  signPolicy(policy: string, scope: SigningScope): Readonly<Record<string, string>>;
}
