/** The end of an exchange before its time: the caller's abort, or a wait that was too long. */
import { S3Error } from '../s3-error.ts';

export interface Watch {
  /** Aborted with what `failure` then answers. */
  readonly signal: AbortSignal;
  /** Something is to happen within that time; replaces what was expected before. */
  within(ms: number): void;
  /** Nothing is waited for: it is the reader's turn, who may take long. */
  rest(): void;
  /** It came to its end. */
  end(): void;
  /** The end, whether it came to one or not. */
  abandon(): void;
  /** Fails when the exchange is aborted, whether the work can be or not. */
  guard<Result>(work: Promise<Result>): Promise<Result>;
  /** What an error that was thrown meanwhile means: the signal's reason, or an S3Error. */
  failure(error: unknown): unknown;
}

/** @param ended called once, with the first `end` or `failure` */
export function createWatch(
  host: string,
  callers: AbortSignal | undefined,
  ended: () => void,
): Watch {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  const rest = () => clearTimeout(timer);
  const abort = () => controller.abort(callers?.reason);
  const end = () => {
    if (isOver) return;
    isOver = true;
    rest();
    callers?.removeEventListener('abort', abort);
    ended();
  };

  if (callers?.aborted) abort();
  else callers?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    rest,
    end,
    abandon() {
      end();
      controller.abort();
    },
    guard: (work) =>
      new Promise((resolve, reject) => {
        const { signal } = controller;
        const give = () => reject(signal.reason);
        if (signal.aborted) give();
        signal.addEventListener('abort', give, { once: true });
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
      }),
    within(ms) {
      rest();
      if (isOver) return;
      timer = setTimeout(() => {
        const message = `${host}: nothing came or went for ${ms / 1000} seconds`;
        controller.abort(new S3Error('TimeoutError', message));
      }, ms);
    },
    failure(error) {
      end();
      if (controller.signal.aborted) return controller.signal.reason;
      if (error instanceof S3Error) return error;
      return new S3Error('NetworkError', `${host}: ${messageOf(error)}${corsHint(host)}`, {
        cause: error,
      });
    },
  };
}

/** With what some runtimes keep in the cause: `fetch failed` says little. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

/** A page isn't told why: that rules are missing looks as if the server were. */
function corsHint(host: string): string {
  const { location } = globalThis as { location?: { host?: string; origin?: string } };
  return location?.origin === undefined || location.host === host
    ? ''
    : ` (or its CORS rules don't allow this from ${location.origin})`;
}
