/**
 * When to order a certificate next. Pure: of what was ordered before, what is held, and chance.
 *
 * The limits keep within those of Let's Encrypt, which are the narrowest that are published: five certificates for
 * the same names in a week, renewals in time excepted, and five failed proofs of a name in an hour. They hold over
 * restarts, since what was ordered is kept on disk.
 */

/** A certificate is renewed once less than this part of its lifetime is left. */
const renewalPart = 1 / 3;
/** Of the lifetime: renewals of many servers spread over it. */
const jitterPart = 1 / 30;
/** Orders that brought no certificate into use, as none could be stored or somebody took it away. */
export const maxOrdersPerWeek = 5;
export const maxFailuresPerHour = 4;
/** After the first failure; doubles up to `maxPauseMs`. */
export const firstPauseMs = 5 * 60_000;
export const maxPauseMs = 6 * 3_600_000;
/** What an authority may ask for with Retry-After at most. */
export const maxRetryAfterMs = 7 * 86_400_000;

/** Authorities let certificates begin before they are issued. */
const maxBackdatingMs = 2 * 3_600_000;

const hourMs = 3_600_000;
const weekMs = 7 * 86_400_000;

/** What was ordered of one authority for one set of names; times are milliseconds since the epoch. */
export interface OrderHistory {
  /** The last `maxOrdersPerWeek`. */
  readonly issuedAt: readonly number[];
  /** The last `maxFailuresPerHour`. */
  readonly failedAt: readonly number[];
  /** Since the last success. */
  readonly failures: number;
  /** The authority wants no order before. */
  readonly retryAt: number;
}

export const noOrders: OrderHistory = { issuedAt: [], failedAt: [], failures: 0, retryAt: 0 };

export interface Lifetime {
  readonly validFrom: number;
  readonly expiresAt: number;
}

/**
 * @param held the certificate in use, where it is one to renew
 * @param jitter from 0 to 1, the same while `held` is
 * @param hurried somebody wants it now: pauses after failures are skipped, limits are not
 */
export function nextOrderAt(
  history: OrderHistory,
  held: Lifetime | undefined,
  jitter: number,
  hurried = false,
): number {
  const { issuedAt, failedAt, failures, retryAt } = history;
  const lastFailure = failedAt.at(-1);
  const paused =
    lastFailure === undefined || failures === 0 || hurried ? 0 : lastFailure + pauseMs(failures);
  // Those up to the one that is held are behind it: a certificate that lives for a day is renewed each day.
  const wasted =
    held === undefined ? issuedAt : issuedAt.filter((at) => at > held.validFrom + maxBackdatingMs);
  const limited = Math.max(
    after(failedAt, maxFailuresPerHour, hourMs),
    after(wasted, maxOrdersPerWeek, weekMs),
  );
  return Math.max(held === undefined ? 0 : renewalAt(held, jitter), paused, limited, retryAt);
}

function renewalAt({ validFrom, expiresAt }: Lifetime, jitter: number): number {
  const lifetimeMs = expiresAt - validFrom;
  return expiresAt - lifetimeMs * renewalPart + lifetimeMs * jitterPart * jitter;
}

function pauseMs(failures: number): number {
  return Math.min(maxPauseMs, firstPauseMs * 2 ** (failures - 1));
}

/** When fewer than `max` of `times` are within `spanMs`. */
function after(times: readonly number[], max: number, spanMs: number): number {
  const oldest = times.at(-max);
  return oldest === undefined ? 0 : oldest + spanMs;
}

export function withIssued(history: OrderHistory, now: number): OrderHistory {
  const issuedAt = [...history.issuedAt, now].slice(-maxOrdersPerWeek);
  return { ...history, issuedAt, failures: 0, retryAt: 0 };
}

/** @param retryAfterMs what the authority asked for; 0 if nothing */
export function withFailure(
  history: OrderHistory,
  now: number,
  retryAfterMs: number,
): OrderHistory {
  return {
    ...history,
    failedAt: [...history.failedAt, now].slice(-maxFailuresPerHour),
    failures: history.failures + 1,
    retryAt: retryAfterMs > 0 ? now + Math.min(retryAfterMs, maxRetryAfterMs) : 0,
  };
}
