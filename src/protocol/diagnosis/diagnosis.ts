/**
 * What went wrong with a signature that doesn't hold, guessed with the key's secret at hand: what clients and proxies
 * are known to do differently is tried one by one, and the first change that makes the signature hold is named.
 *
 * For the log and whoever keeps the server: a client that doesn't hold the secret must not learn what would have held.
 */
import type { WireRequest } from '../request.ts';
import type { SignatureClaim } from '../signature.ts';
import { holdsV2, variantsV2 } from './version-2.ts';
import { holdsV4, variantsV4 } from './version-4.ts';

export interface Diagnosis {
  /** One of the names in the variants, `secret` or `unknown`. */
  readonly cause: string;
  /** A sentence, without anything secret. */
  readonly says: string;
}

/** What a server knows beside the request. */
export interface DiagnosisContext {
  /** Of the key, the newest first. */
  readonly secrets: readonly string[];
  readonly region: string;
  /** Base domains of virtual-host style. */
  readonly domains: readonly string[];
  /** The bucket that the request names, and whether its host does. */
  readonly bucket: string | undefined;
  readonly bucketInHost: boolean;
  /** Ports that the server may be reached at, beside the usual ones. */
  readonly ports: readonly number[];
}

/** One change of a request that clients or proxies make, and what it would mean. */
export interface Variant<Change> extends Diagnosis {
  readonly change: Change;
}

const white = ['', ' ', '\n', '\r\n', '\t'];

export function diagnoseSignature(
  claim: SignatureClaim,
  request: WireRequest,
  context: DiagnosisContext,
): Diagnosis {
  const found =
    claim.version === 4
      ? matching(variantsV4(claim, request, context), context, (change, secret) =>
          holdsV4(claim, request, change, secret),
        )
      : matching(variantsV2(claim, request, context), context, (change, secret) =>
          holdsV2(claim, request, change, secret),
        );
  return found ?? missingHeaders(claim, request) ?? unknown;
}

const unknown: Diagnosis = {
  cause: 'unknown',
  says: 'none of the usual changes on the way explains it: most likely the secret access key is another one',
};

function matching<Change>(
  variants: Iterable<Variant<Change>>,
  { secrets }: DiagnosisContext,
  holds: (change: Change | undefined, secret: string) => boolean,
): Diagnosis | undefined {
  for (const secret of secrets) {
    for (const other of paddings(secret)) {
      if (holds(undefined, other)) {
        return {
          cause: 'secret',
          says: 'the client signed with white space around the secret access key',
        };
      }
    }
  }
  for (const { change, cause, says } of variants) {
    if (secrets.some((secret) => holds(change, secret))) return { cause, says };
  }
  return undefined;
}

function paddings(secret: string): readonly string[] {
  const padded = white.flatMap((before) => white.map((after) => before + secret + after));
  return [...padded, secret.trim()].filter((other) => other !== secret);
}

/** Where no guess at their values holds: that they are gone is still worth telling. */
function missingHeaders(claim: SignatureClaim, { headers }: WireRequest): Diagnosis | undefined {
  if (claim.version !== 4) return undefined;
  const missing = claim.signedHeaders.filter((name) => headers[name] === undefined);
  if (missing.length === 0) return undefined;
  return {
    cause: 'missing-headers',
    says: `the client signed headers that the request does not have, so a proxy may have removed them: ${missing.join(', ')}`,
  };
}
