/**
 * What tenants may be held to, as people give it: quotas, rates, and addresses that requests may come from. Nothing of
 * it is S3's; the shapes are the same for buckets, accounts, keys and namespaces.
 */

/** How much may be held at most; what is absent has no limit. */
export interface Quota {
  readonly maxBytes?: number;
  readonly maxObjects?: number;
}

/** How fast; what is absent has no limit. */
export interface RateLimit {
  readonly requestsPerSecond?: number;
  /** Of bodies, both ways together. */
  readonly bytesPerSecond?: number;
}

/** From everywhere, from networks that are nobody's on the internet, or from these addresses and CIDR blocks. */
export type AddressRule = 'public' | 'private' | readonly string[];

/** A limit that nobody could mean. */
export class InvalidLimitError extends Error {
  override readonly name = 'InvalidLimitError';
}

/** Most that a rate can be: what a double counts exactly, with room for bursts. */
const maxRate = 2 ** 50;

/**
 * The quota without anything else that was given; undefined for one without limits.
 * @throws InvalidLimitError
 */
export function checkQuota(quota: Quota | undefined): Quota | undefined {
  return checked(quota, ['maxBytes', 'maxObjects'], (value) =>
    Number.isSafeInteger(value) && value >= 0 ? undefined : 'must be a whole number, 0 or more',
  );
}

/**
 * The rate without anything else that was given; undefined for one without limits.
 * @throws InvalidLimitError
 */
export function checkRateLimit(rate: RateLimit | undefined): RateLimit | undefined {
  return checked(rate, ['requestsPerSecond', 'bytesPerSecond'], (value) =>
    value > 0 && value <= maxRate ? undefined : `must be more than 0, and at most ${maxRate}`,
  );
}

function checked<Limits extends object>(
  limits: Limits | undefined,
  names: readonly (keyof Limits & string)[],
  wrongIn: (value: number) => string | undefined,
): Limits | undefined {
  if (limits === undefined) return undefined;
  const unknown = Object.keys(limits).find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidLimitError(`${unknown} is no limit`);
  const found: Partial<Limits> = {};
  for (const name of names) {
    const value: unknown = limits[name];
    if (value === undefined) continue;
    const wrong = typeof value === 'number' ? wrongIn(value) : 'must be a number';
    if (wrong !== undefined) throw new InvalidLimitError(`${name} ${wrong}`);
    Object.assign(found, { [name]: value });
  }
  return Object.keys(found).length === 0 ? undefined : (found as Limits);
}
