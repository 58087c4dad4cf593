/**
 * Signatures of the chunks and the trailer of an aws-chunked body, each building on the one before.
 *
 * API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
 */

/** Of no bytes, in hex. */
export const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What the signatures of a body have in common; whoever signs has its own way to. */
export interface ChunkContext {
  readonly amzDate: string;
  /** `yyyyMMdd/region/service/aws4_request`. */
  readonly scope: string;
  /** HMAC-SHA256 in lower-case hex. */
  readonly signingKey: { readonly sign: (text: string) => string };
}

export interface ChainedSignature {
  readonly stringToSign: string;
  readonly signature: string;
}

export function signChunk(
  context: ChunkContext,
  previousSignature: string,
  dataSha256: string,
): ChainedSignature {
  const { amzDate, scope, signingKey } = context;
  const stringToSign = `AWS4-HMAC-SHA256-PAYLOAD\n${amzDate}\n${scope}\n${previousSignature}\n${emptySha256}\n${dataSha256}`;
  return { stringToSign, signature: signingKey.sign(stringToSign) };
}

/** `trailerSha256` is of `name:value\n` for each trailer, the signature itself left out. */
export function signTrailer(
  context: ChunkContext,
  previousSignature: string,
  trailerSha256: string,
): ChainedSignature {
  const { amzDate, scope, signingKey } = context;
  const stringToSign = `AWS4-HMAC-SHA256-TRAILER\n${amzDate}\n${scope}\n${previousSignature}\n${trailerSha256}`;
  return { stringToSign, signature: signingKey.sign(stringToSign) };
}
