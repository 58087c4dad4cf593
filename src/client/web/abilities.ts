/** What the `fetch` at hand can do; runtimes are told apart by nothing else. */

export interface FetchAbilities {
  /**
   * Sends a stream as it comes, with the length that S3 wants to know first. Browsers don't: they keep
   * Content-Length to themselves, and what streams they send go over HTTP/2 alone, which S3 doesn't speak.
   */
  readonly streams: boolean;
  /** Can be told to leave its cache alone. */
  readonly noStore: boolean;
}

/** Members that the types of some platforms leave out. */
export type FetchInit = RequestInit & { duplex?: 'half'; cache?: 'no-store' };

let known: FetchAbilities | undefined;

export function fetchAbilities(): FetchAbilities {
  known ??= {
    streams: succeeds(streamsBodies),
    noStore: succeeds(
      () => new Request(anywhere, { cache: 'no-store' } as FetchInit) !== undefined,
    ),
  };
  return known;
}

/** Never fetched. */
const anywhere = 'http://localhost/';

function succeeds(trial: () => boolean): boolean {
  try {
    return trial();
  } catch {
    return false;
  }
}

function streamsBodies(): boolean {
  let isUnderstood = false;
  const init: FetchInit = {
    method: 'POST',
    headers: { 'content-length': '0' },
    body: new ReadableStream(),
    // Bun, Deno and workers take streams without a look at this; Deno, for one, then sends no length.
    get duplex(): 'half' {
      isUnderstood = true;
      return 'half';
    },
  };
  return new Request(anywhere, init).headers.has('content-length') && isUnderstood;
}
