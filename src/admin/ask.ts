/** A request to the admin API, as its resources see it: who asks, and whether they may. */
import type { About } from '../iam/authorise.ts';
import type { KnownSigner } from './authorise.ts';

/** Of routes that are open: nobody may be known. */
export interface OpenAsk {
  readonly requestId: string;
  /** Adds a header to the answer. */
  header(name: string, value: string): void;
  /** How a browser reached the server. */
  readonly isSecure: boolean;
  readonly clientAddress: string;
  /** What trust policies are asked about who has no key yet. */
  readonly aboutNobody: About;
}

/** What a resource gets beside the fields. */
export interface Ask extends OpenAsk, KnownSigner {
  /** Asked with a session's key. */
  readonly isTemporary: boolean;
  /** Runs S3's own operations on buckets, with all that decides about them there. */
  readonly s3: BucketActs;
  /** Of the session by cookie, if that is how the request came. */
  readonly cookie: CookieSession | undefined;
}

/** A browser's session, opened. */
export interface CookieSession {
  readonly id: string;
  readonly csrfToken: string;
  /** Milliseconds since the epoch. */
  readonly idleUntil: number;
  readonly expiresAt: number;
}

export interface BucketActs {
  /** @throws S3Error */
  create(
    namespace: string,
    name: string,
    options: { readonly owner: KnownSigner['signer']; readonly objectLock: boolean },
  ): Promise<void>;
  /** @throws S3Error */
  remove(namespace: string, name: string): Promise<void>;
}
