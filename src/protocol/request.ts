/**
 * A request as it came over the wire, before anything is decided about it.
 *
 * Built once by `http/` from Node's raw headers and URL, so that what S3 distinguishes (empty and
 * absent, repeated, percent-encoded) is still there. Signatures, routing and decoding read this.
 */

/** Lower-case name → value; repeated headers joined with `,`. No prototype, so any name is safe. */
export type WireHeaders = Readonly<Record<string, string | undefined>>;

/** Percent-decoded name and value in the order sent; a name without `=` has the value ''. */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

export interface WireRequest {
  /** As sent, upper case for every method that S3 knows. */
  readonly method: string;
  /** The path as sent, still percent-encoded, without the query; starts with `/`. */
  readonly rawPath: string;
  /** What follows `?`, as sent; empty if nothing does. */
  readonly rawQuery: string;
  readonly query: QueryPairs;
  readonly headers: WireHeaders;
}

/** What host and path name. */
export interface RequestTarget {
  /** From the host; undefined where the host names none. */
  readonly namespace: string | undefined;
  readonly bucket: string | undefined;
  /** Percent-decoded; undefined where the path names no object. */
  readonly key: string | undefined;
  /** The bucket came from the host name (virtual-host style). */
  readonly bucketInHost: boolean;
}
