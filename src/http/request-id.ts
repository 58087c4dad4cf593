/**
 * Request ids as S3 shows them: sixteen digits and capitals, unique, and in the order of time.
 *
 * Nine characters of milliseconds, three that tell processes apart, four that count; five bits each, in
 * Crockford's base 32, whose characters sort as their values do.
 */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pairs: readonly string[] = Array.from(
  { length: 1024 },
  (_, value) => alphabet[value >> 5]! + alphabet[value & 31]!,
);

const timeChars = 9;
const processChars = 3;
/** Ids of one process in one millisecond before they repeat. */
const countLimit = 32 ** 4;

export interface RequestIdSource {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

export function createRequestIds({ now, random }: RequestIdSource): () => string {
  const processPart = encode(Math.floor(random() * 32 ** processChars), processChars);
  let count = Math.floor(random() * countLimit);
  let lastMs = -1;
  let prefix = '';
  return () => {
    const ms = Math.floor(now());
    if (ms !== lastMs) {
      lastMs = ms;
      prefix = encode(ms, timeChars) + processPart;
    }
    count = (count + 1) % countLimit;
    return prefix + pairs[count >> 10]! + pairs[count & 1023]!;
  };
}

function encode(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = alphabet[rest % 32]! + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
