/** Credentials that end, renewed before they do. */
import type { CredentialProvider, Credentials } from './credentials.ts';

/** From here on new ones are asked for beside the requests, which go on with the old ones. */
export const advisoryRefreshMs = 15 * 60 * 1000;
/** From here on requests wait for new ones. */
export const mandatoryRefreshMs = 10 * 60 * 1000;
/** Where new ones can't be had and the old ones still hold, it is tried again after this. */
const retryMs = 60 * 1000;

/**
 * Keeps what a provider gives for as long as it holds; asks once for all requests that wait. Credentials without
 * an end are kept for good.
 * @param find throws where there are none; asked again by the next request
 */
export function refreshing(
  find: () => Promise<Credentials>,
  now: () => number = Date.now,
): CredentialProvider {
  let current: Credentials | undefined;
  let asking: Promise<Credentials> | undefined;
  let notBefore = 0;

  const leftMs = ({ expiration }: Credentials): number =>
    expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - now();

  const ask = (): Promise<Credentials> => {
    asking ??= find()
      .then((found) => {
        current = found;
        return found;
      })
      .catch((error: unknown) => {
        if (current === undefined || leftMs(current) <= 0) throw error;
        notBefore = now() + retryMs;
        return current;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  return () => {
    if (current === undefined) return ask();
    const left = leftMs(current);
    if (left > advisoryRefreshMs || (left > 0 && now() < notBefore)) return current;
    const next = ask();
    if (left <= mandatoryRefreshMs) return next;
    return current;
  };
}
