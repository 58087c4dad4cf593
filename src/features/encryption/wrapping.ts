/** Wrapping with the master key for one purpose: the newest master key wraps, all that are at hand unwrap. */
import { derivedKey, unwrapKey, wrapKey } from './wrapped-key.ts';

/** The first wraps, all unwrap. */
export interface MasterKeys {
  /** 32 bytes each. */
  readonly all: readonly Buffer[];
  /** Looks for keys that came since; whether there are any. */
  reload(): boolean;
}

export interface Wrapping {
  wrap(key: Buffer, context: string, randomBytes: (length: number) => Buffer): string;
  /** Undefined if it was wrapped under a key that is not at hand, in another context, or is damaged. */
  unwrap(wrapped: string, context: string): Buffer | undefined;
  /** It was wrapped under the master key that wraps now. */
  isCurrent(wrapped: string, context: string): boolean;
}

export function createWrapping(given: Buffer | MasterKeys, purpose: string): Wrapping {
  const masterKeys: MasterKeys = Buffer.isBuffer(given)
    ? { all: [given], reload: () => false }
    : given;
  const derived = new WeakMap<Buffer, Buffer>();
  const keyOf = (masterKey: Buffer): Buffer => {
    let key = derived.get(masterKey);
    if (key === undefined) {
      key = derivedKey(masterKey, purpose);
      derived.set(masterKey, key);
    }
    return key;
  };
  const newest = () => keyOf(masterKeys.all[0]!);
  const unwrap = (wrapped: string, context: string): Buffer | undefined => {
    for (const masterKey of masterKeys.all) {
      const key = unwrapKey(keyOf(masterKey), wrapped, context);
      if (key !== undefined) return key;
    }
    return undefined;
  };
  return {
    wrap: (key, context, randomBytes) => wrapKey(newest(), key, context, randomBytes),
    unwrap: (wrapped, context) =>
      unwrap(wrapped, context) ?? (masterKeys.reload() ? unwrap(wrapped, context) : undefined),
    isCurrent: (wrapped, context) => unwrapKey(newest(), wrapped, context) !== undefined,
  };
}
