/**
 * Guesses at secrets and keys, slowed down: whoever has made too many from one address within a minute is answered
 * SlowDown before anything is verified. Guesses at a key are counted for that key and address together, so that its
 * owner is not locked out elsewhere, nor anybody else at the same address; keys that don't exist by address.
 *
 * Each process counts for itself.
 */
import { S3Error } from '../protocol/errors.ts';

const windowMs = 60_000;
/** Addresses and pairs that are remembered at once; beyond, all begin anew. */
const maxRemembered = 50_000;
/** In place of the key where there is none: no access key id is empty. */
const unknownKey = '';

export interface KeyGuardDeps {
  /** Guesses in a minute; 0 for no limit. */
  readonly maxBadSignatures: number;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
  /** A request was answered SlowDown. */
  readonly limited?: () => void;
}

export interface KeyGuard {
  /** Nobody has guessed in this minute: there is nothing to look up. */
  readonly idle: boolean;
  /** @throws S3Error SlowDown after too many guesses at this key from there */
  admit(address: string | undefined, accessKeyId: string): void;
  /** @returns what is to be thrown: SlowDown after too many, else the error itself */
  guessed(error: S3Error, address: string | undefined, accessKeyId: string): S3Error;
}

const pairOf = (address: string | undefined, accessKeyId: string): string =>
  `${address} ${accessKeyId}`;

export function createKeyGuard({
  maxBadSignatures,
  monotonicNow,
  limited,
}: KeyGuardDeps): KeyGuard {
  const guesses = new Map<string, number>();
  let windowEnds = 0;
  let idle = true;

  function forget(): void {
    guesses.clear();
    idle = true;
  }

  function count(pair: string): number {
    const now = monotonicNow();
    if (now >= windowEnds || guesses.size >= maxRemembered) {
      forget();
      windowEnds = now + windowMs;
    }
    const counted = (guesses.get(pair) ?? 0) + 1;
    guesses.set(pair, counted);
    idle = false;
    return counted;
  }

  function slowDown(): S3Error {
    limited?.();
    return new S3Error('SlowDown');
  }

  return {
    get idle() {
      return idle;
    },
    admit(address, accessKeyId) {
      if (monotonicNow() >= windowEnds) return forget();
      if ((guesses.get(pairOf(address, accessKeyId)) ?? 0) >= maxBadSignatures) throw slowDown();
    },
    guessed(error, address, accessKeyId) {
      if (maxBadSignatures === 0) return error;
      const isGuess = error.code === 'SignatureDoesNotMatch';
      if (!isGuess && error.code !== 'InvalidAccessKeyId' && error.code !== 'InvalidToken')
        return error;
      const counted = count(pairOf(address, isGuess ? accessKeyId : unknownKey));
      return counted > maxBadSignatures ? slowDown() : error;
    },
  };
}
